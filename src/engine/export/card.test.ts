import { describe, expect, test } from 'vitest';
import { previewExport } from './registry';
import { exportInput, LORA } from './testInput';

describe('model card', () => {
  const { card } = previewExport(exportInput());

  test('begins with what the Hub reads', () => {
    expect(card.split('\n').slice(0, 5)).toEqual([
      '---',
      'license: "apache-2.0"',
      'library_name: transformers',
      'pipeline_tag: text-classification',
      'base_model: "example/tiny"',
    ]);
    expect(previewExport(exportInput(LORA)).card).toContain('library_name: peft');
  });

  test('names what was tuned, and what was trained from random weights in its architecture', () => {
    expect(card).toContain('tuned with Hone from **Tiny BERT** by the method');
    expect(card).toContain('The tuned weights are a derived work');
    const { card: anew } = previewExport({ ...exportInput(), anew: true });
    expect(anew).toContain('trained with Hone from random weights in the architecture of **Tiny BERT**');
    expect(anew).toContain('no weight comes from it');
    for (const claim of ['tuned with Hone', 'base_model', 'derived work']) expect(anew).not.toContain(claim);
  });

  test('gives each score with rows and interval, before, after and baselines', () => {
    expect(card).toContain('| 50 test rows | Before (no tuning) | **After** | Most common label |');
    expect(card).toContain(
      '| Accuracy | 55.0 % [45.0 %, 65.0 %] | 80.0 % [70.0 %, 90.0 %] | 66.0 % [56.0 %, 76.0 %] |',
    );
    expect(card).toContain('| Log loss (nats) | 0.500 | 0.500 | none |');
    expect(card).toContain(
      'After against before: +25.0 points of accuracy (+10.0 to +40.0); 14 rows fixed, 2 broken; exact McNemar p < 0.001.',
    );
    expect(card).toContain('exact McNemar p = 0.090. This can be chance.');
  });

  test('says what the data was', () => {
    expect(card).toContain('Source: films.csv, text column “review”, label column “verdict”');
    expect(card).toContain('310 rows read, 300 kept, 1 rejected, 9 left out of the sample.');
    expect(card).toContain('| not \\| good | 95 | 63 |');
  });

  test('says how training ended, and by whose word', () => {
    const input = exportInput();
    const ended = (ending: Partial<typeof input.report>): string =>
      previewExport({ ...input, report: { ...input.report, ...ending } }).card;
    expect(card).toContain('40 training steps; the best point, kept, was step 20.');
    expect(ended({ stopped_early: true, stopped_by: 'hand' })).toContain('40 training steps, ended by hand;');
    expect(ended({ stopped_early: true, stopped_by: 'patience' })).toContain(
      'ended early: no longer better;',
    );
  });

  test('says how often the test rows were asked with other descriptions', () => {
    const input = exportInput();
    const reworded = (rewordings: number): string =>
      previewExport({ ...input, report: { ...input.report, rewordings } }).card;
    expect(card).not.toContain('measured again');
    expect(reworded(1)).toContain('measured again on these test rows once,');
    expect(reworded(7)).toContain('measured again on these test rows 7 times,');
  });

  test('says where not to trust it', () => {
    expect(card).toContain('Only 50 test rows');
    expect(card).toContain('fewer than 10 training rows are hardly learned and hardly tested: =1+1.');
    expect(card).toContain('Its confidence is off by 12.0 % on average');
    expect(card).toContain('It grows over-confident.');
    expect(card).toContain('It reads the first 12 tokens of a text.');
  });

  test('names the licences it derives from', () => {
    expect(card).toContain('Tiny BERT (`tiny`, revision 1), licence Apache-2.0.');
    expect(card).toContain('example/tiny, https://example.org/tiny, licence Apache-2.0.');
  });

  test('a run name cannot break out of the card', () => {
    const input = exportInput();
    const report = { ...input.report, name: '<script>\n---\n# x' };
    const hostile = previewExport({ ...input, report });
    expect(hostile.name).toBe('script-x.zip');
    expect(hostile.card).toContain('# \\<script\\> --- \\# x');
    expect(hostile.card).toContain('model_name: "<script>\\n---\\n# x"');
  });

  test('a name without letters still names a file', () => {
    const input = exportInput();
    expect(previewExport({ ...input, report: { ...input.report, name: '评论' } }).name).toBe(
      'hone-model.zip',
    );
  });
});
