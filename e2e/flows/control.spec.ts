/** Holding, ending and taking up a run. */
import type { RunReport } from '../../src/engine/core/report';
import { Studio } from '../pages/studio';
import { csv } from '../rows';
import { expect, test } from '../test';

async function start(studio: Studio, settings: Record<string, number>): Promise<void> {
  await studio.open();
  await studio.data.openFile('tickets.csv', csv());
  await studio.toMethod();
  await studio.method.choose('Layer-wise');
  await studio.method.set('Stop when no better for', 0);
  for (const [name, value] of Object.entries(settings)) await studio.method.set(name, value);
  await studio.method.train();
}

test('cancel throws a run away after asking; pause holds one, stop keeps its best and still tests', async ({
  studio,
  page,
}) => {
  await start(studio, { 'Passes over the data': 100 });
  await studio.train.expectStep(1);
  await studio.train.cancel();
  await studio.expectQuestion('Ready to train?');
  expect(await studio.runs.reports()).toEqual([]);
  await studio.go('Runs');
  await expect(page.getByText('Nothing has been trained in this browser yet.')).toBeVisible();

  await studio.go('Train');
  await studio.method.train();
  await studio.train.expectStep(3);
  await studio.train.hold();
  const held = await studio.train.step();
  // Long enough for several steps, had it gone on.
  await studio.go('Method');
  await expect(page.getByText('not timed while a run is under way')).toBeVisible();
  await studio.go('Train');
  await page.waitForTimeout(500);
  expect(await studio.train.step()).toBe(held);
  await studio.train.resume.click();
  await studio.train.expectStep(held + 2);
  await studio.train.stop.click();
  await studio.train.expectFinished();
  await expect(studio.train.panel).toContainText('by hand');
  const [report] = await studio.runs.reports();
  expect(report).toMatchObject({ stopped_early: true, stopped_by: 'hand' });
  expect(report?.after.n).toBeGreaterThan(0);
});

/** What a run found, without when and how fast. */
function found({ id, finished_at, timing, memory, ...rest }: RunReport): unknown {
  return rest;
}

test('leaving in mid-run warns; a reload goes on from the checkpoint to the same result, in one tab at a time', async ({
  studio,
  page,
  context,
}) => {
  // Few checks instead of one at every step.
  await start(studio, { 'Passes over the data': 6, 'Check every': 4 });
  await studio.train.expectFinished();
  await page.getByRole('button', { name: 'Train again with other settings' }).click();
  await studio.method.train();
  await studio.train.expectStep(2);
  await studio.train.hold();
  const held = await studio.train.step();
  await studio.train.resume.click();
  await studio.train.expectStep(held + 1);
  const asked = page.waitForEvent('dialog');
  const reloaded = page.reload();
  const dialog = await asked;
  expect(dialog.type()).toBe('beforeunload');
  await dialog.accept();
  await reloaded;
  await expect(studio.train.interrupted).toContainText(/stopped at step \d+ of/);

  const second = new Studio(await context.newPage());
  await second.open();
  await expect(second.train.interrupted).toBeVisible();
  await studio.train.goOn();
  await studio.train.expectStep(held);
  await studio.train.hold();
  await second.train.goOn();
  await expect(second.page.getByRole('alert')).toContainText('open in another tab');
  await expect(second.page.getByRole('button', { name: /Go on from step/ })).toBeVisible();
  await second.page.close();

  await page.bringToFront();
  await studio.train.resume.click();
  await studio.train.expectFinished();
  const [whole, resumed] = await studio.runs.reports();
  if (!whole || !resumed) throw new Error('two reports were expected');
  expect(found(resumed)).toEqual(found(whole));
});
