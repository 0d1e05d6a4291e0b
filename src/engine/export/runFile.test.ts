import fc from 'fast-check';
import { strToU8, unzipSync, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { EngineError } from '../core/errors';
import { float32Entry } from '../core/safetensors';
import { packRun, type SavedRun, unpackRun } from './runFile';
import { exportInput } from './testInput';

function run(): SavedRun {
  const { report, predictions } = exportInput();
  const tensors = new Map([['classifier.bias', float32Entry([3], Float32Array.of(1, 2, 3))]]);
  return { report, predictions, tensors };
}

async function refusal(file: Uint8Array): Promise<EngineError> {
  try {
    await unpackRun(file);
  } catch (thrown) {
    if (thrown instanceof EngineError) return thrown;
    throw thrown;
  }
  throw new Error('accepted');
}

/** The file with its entries changed and packed again, uncompressed. */
async function repacked(change: (files: Record<string, Uint8Array>) => void): Promise<Uint8Array> {
  const files = unzipSync(await packRun(run()));
  change(files);
  return zipSync(files, { level: 0 });
}

describe('a run as a file', () => {
  test('comes back as it was', async () => {
    const { report, predictions, tensors } = await unpackRun(await packRun(run()));
    expect(report).toEqual(run().report);
    expect(predictions).toEqual(run().predictions);
    expect([...(tensors.get('classifier.bias')?.data ?? [])]).toEqual([
      ...new Uint8Array(Float32Array.of(1, 2, 3).buffer),
    ]);
  });

  test('is the same bytes for the same run', async () => {
    expect(await packRun(run())).toEqual(await packRun(run()));
  });
});

describe('a file that is not a run', () => {
  test('no zip at all', async () => {
    expect((await refusal(strToU8('row,text\n1,hello'))).message).toContain('it is no zip file');
  });

  test('a zip of something else', async () => {
    const file = zipSync({ '../../etc/passwd': strToU8('x') }, { level: 0 });
    expect((await refusal(file)).message).toContain('it holds “../../etc/passwd”, which no run has');
  });

  test('a bomb: compressed entries are refused before anything is unpacked', async () => {
    const file = zipSync({ 'report.json': new Uint8Array(5_000_000) }, { level: 9 });
    expect(file.byteLength).toBeLessThan(6_000);
    expect((await refusal(file)).message).toContain('report.json is compressed');
  });

  test('a missing part', async () => {
    const file = await repacked((files) => {
      delete files['weights.safetensors'];
    });
    expect((await refusal(file)).message).toContain('it holds no weights.safetensors');
  });

  test('a changed part', async () => {
    const file = await repacked((files) => {
      const report = files['report.json'] ?? new Uint8Array();
      report[report.length - 2] = 0x20;
    });
    const error = await refusal(file);
    expect(error.code).toBe('bad-run-file');
    expect(error.message).toContain('its report.json was changed or damaged');
    expect(error.hint).toContain('.hone');
  });

  test('a newer version', async () => {
    const file = await repacked((files) => {
      const manifest = JSON.parse(new TextDecoder().decode(files['hone.json']));
      files['hone.json'] = strToU8(JSON.stringify({ ...manifest, version: 2 }));
    });
    expect((await refusal(file)).code).toBe('newer-run-file');
  });

  test('a report with a wrong value, named', async () => {
    const { report, ...rest } = run();
    const file = await packRun({ ...rest, report: { ...report, best_step: 'x' as unknown as number } });
    expect((await refusal(file)).message).toContain('its report.json has a wrong value at “best_step”');
  });

  test('predictions that do not fit the labels', async () => {
    const { predictions, ...rest } = run();
    const [first, ...others] = predictions.rows;
    if (first === undefined) throw new Error('no rows');
    const short = { ...predictions, rows: [{ ...first, after: [1] }, ...others] };
    expect((await refusal(await packRun({ ...rest, predictions: short }))).message).toContain(
      'its prediction for line 7 does not fit its 3 labels',
    );
    const other = { ...predictions, classes: ['a', 'b', 'c'] };
    expect((await refusal(await packRun({ ...rest, predictions: other }))).message).toContain(
      'different labels',
    );
  });

  test('damage anywhere is refused or harmless, never a crash', async () => {
    const good = await packRun(run());
    const edits = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(edits, fc.nat(good.length), async (changes, keep) => {
        const file = good.slice();
        for (const [at, byte] of changes) file[at] = byte;
        for (const candidate of [file, good.subarray(0, keep)]) {
          try {
            expect((await unpackRun(candidate)).report.id).toBe('r1');
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(EngineError);
          }
        }
      }),
      { numRuns: 500, seed: 1 },
    );
  });
});
