import { describe, expect, test } from 'vitest';
import { createLocks, dataLock, runLock } from './locks';
import { testLocks } from './testLocks';

/** Work that goes on until it is told to end. */
function openEnded(): { work: () => Promise<string>; end: () => void; begun: Promise<void> } {
  let end: () => void = () => undefined;
  let begin: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const work = async (): Promise<string> => {
    begin();
    await ended;
    return 'done';
  };
  return { work, end, begun };
}

describe('a run in two tabs', () => {
  test('is refused in the second, with the way out, until the first has ended', async () => {
    const port = testLocks();
    const [first, second] = [createLocks(port), createLocks(port, 20)];
    const training = openEnded();
    const result = first.alone(runLock('a'), training.work);
    await training.begun;
    await expect(second.alone(runLock('a'), async () => 'no')).rejects.toMatchObject({
      code: 'open-elsewhere',
      message: expect.stringContaining('open in another tab'),
      hint: expect.stringContaining('close it'),
    });
    expect(await second.alone(runLock('b'), async () => 'another run')).toBe('another run');
    expect([...(await second.held())]).toEqual([runLock('a')]);
    expect(await second.freed(runLock('a'))).toBe(false);
    training.end();
    expect(await result).toBe('done');
    expect(await second.alone(runLock('a'), async () => 'now')).toBe('now');
    expect([...(await second.held())]).toEqual([]);
  });

  test('is waited for a moment: a tab that was reloaded lets go a little later', async () => {
    const port = testLocks();
    const training = openEnded();
    const before = createLocks(port).alone(runLock('a'), training.work);
    await training.begun;
    setTimeout(training.end, 20);
    const after = createLocks(port, 2000);
    const freed = after.freed(runLock('a'));
    expect(await after.alone(runLock('a'), async () => 'taken over')).toBe('taken over');
    expect(await freed).toBe(true);
    await before;
  });

  test('lets go of a run that failed, and keeps its error', async () => {
    const locks = createLocks(testLocks(), 20);
    const fault = new Error('no room');
    const failing = locks.alone(runLock('a'), async () => {
      throw fault;
    });
    await expect(failing).rejects.toBe(fault);
    expect(await locks.alone(runLock('a'), async () => 'again')).toBe('again');
  });
});

describe('a data file in two tabs', () => {
  test('is held by as many as have it open, and free after the last', async () => {
    const port = testLocks();
    const [first, second] = [createLocks(port), createLocks(port)];
    const [mine, theirs] = [await first.share(dataLock('x')), await second.share(dataLock('x'))];
    const deleted: string[] = [];
    const remove = async (): Promise<void> => void deleted.push('x');
    expect(await first.ifUnheld(dataLock('x'), remove)).toBe(false);
    mine();
    expect(await first.ifUnheld(dataLock('x'), remove)).toBe(false);
    theirs();
    await Promise.resolve();
    expect(await first.ifUnheld(dataLock('x'), remove)).toBe(true);
    expect(deleted).toEqual(['x']);
  });
});

test('without the API, work goes on and nothing is called unheld', async () => {
  const locks = createLocks(null);
  expect(await locks.alone(runLock('a'), () => locks.alone(runLock('a'), async () => 'both'))).toBe('both');
  (await locks.share(dataLock('x')))();
  expect(await locks.ifUnheld(dataLock('x'), async () => expect.unreachable())).toBe(false);
});
