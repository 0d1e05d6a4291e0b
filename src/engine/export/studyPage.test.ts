import { describe, expect, test } from 'vitest';
import type { ArmReport, StudyReport, StudyRows } from '../core/study';
import { html } from './html';
import { studyPage } from './studyPage';

const HOSTILE = '<img src=x onerror="alert(1)">&\'';

const arm = (id: string, more: Partial<ArmReport>): ArmReport => ({
  ...{ id, arm: id, label: id, settings: {}, status: 'finished', error: null, n: 200 },
  ...{ accuracy: 0.5, macro_f1: 0.5, ci95: { accuracy: [0.43, 0.57], macro_f1: [0.4, 0.6] } },
  ...{ loss: null, ece: null, versus: null, ties: [], pairs: {}, trainable_parameters: 0, bytes: 0 },
  ...{ train_s: 0, latency_ms: null, prompt_tokens: 20, unanswered: 0, left: 0, run: null, notes: [] },
  ...more,
});

const REPORT: StudyReport = {
  version: 1,
  ...{
    id: 'study-1',
    name: HOSTILE,
    created_at: '2026-01-01T00:00:00Z',
    finished_at: '2026-01-01T00:10:00Z',
  },
  config: {
    ...{ version: 1, task: 'classify', model: { id: 'tiny', revision: '1' }, training: {} },
    data: {
      ...{ name: HOSTILE, hash: 'h', roles: { text: 'text', label: 'label' }, fixes: [] },
      options: { format: 'csv', encoding: 'utf-8', delimiter: ',', quote: '"', header: true },
      split: { validation: 0.15, test: 0.2, seed: 1 },
    },
    ...{
      descriptions: {},
      examples: { [HOSTILE]: [HOSTILE] },
      backend: 'auto',
      arms: [],
      reference: 'zero-shot',
    },
    ...{ curve: null, pricePerMillion: 0.5, situation: null },
  },
  guessed: {},
  data: {
    ...{ rows: 1000, kept: 1000, left_out: 0, rejected: 0, truncated: 0 },
    splits: { train: 650, validation: 150, test: 200 },
    ...{ classes: [HOSTILE, 'b'], class_counts: [500, 500], train_counts: [325, 325] },
  },
  model: { id: 'tiny', parameters: 10, bytes: 40 },
  backend: { id: 'wasm', adapter: 'CPU', reason: '', threads: 2 },
  arms: [
    arm('zero-shot', { label: HOSTILE, notes: [HOSTILE] }),
    arm('lora', {
      ...{ accuracy: 0.82, train_s: 40, latency_ms: 6, ties: ['full'] },
      versus: {
        id: 'zero-shot',
        delta: 0.32,
        ci95: [0.2, 0.4],
        ...{ n: 200, p: 0.0001, p_holm: 0.0002 },
        fixed: 70,
        broken: 6,
        rows_needed: null,
      },
    }),
    arm('full', {
      ...{ accuracy: 0.81, train_s: 400 },
      versus: {
        id: 'zero-shot',
        delta: 0.31,
        ci95: [0.2, 0.4],
        ...{ n: 200, p: 0.02, p_holm: 0.2 },
        fixed: 70,
        broken: 8,
        rows_needed: 340,
      },
    }),
    arm('endpoint', { status: 'failed', error: { code: 'x', message: HOSTILE } }),
  ],
  learning_curve: [
    { arm: 'lora', rows: 30, draws: [{ seed: 1, accuracy: 0.5, macro_f1: 0.5 }] },
    { arm: 'lora', rows: 650, draws: [{ seed: 1, accuracy: 0.82, macro_f1: 0.8 }] },
  ],
  more_data: [{ arm: 'lora', verdict: 'yes', gain: 0.03, ci95: [0.01, 0.05], message: HOSTILE }],
  advice: [{ kind: 'fine-tune', text: HOSTILE, because: HOSTILE, at: 'arm-lora' }],
};

const ROWS: StudyRows = {
  classes: [HOSTILE, 'b'],
  rows: [
    {
      ...{ line: 2, text: HOSTILE, expected: 0 },
      answers: { 'zero-shot': { predicted: 1, confidence: 0.6 }, lora: { predicted: 0, confidence: 0.9 } },
    },
  ],
};

describe('a study as a page', () => {
  const page = studyPage(REPORT, ROWS);

  test('names the ways that no place on the axis of training time is for', () => {
    expect(page).toMatch(/Without any training: .*, 50\.0 %\./);
  });

  test('escapes whatever came from data, wherever it stands', () => {
    expect(page).not.toContain('<img');
    // Name twice, file, advice twice, label, note, error, message, text, class, settings: all of them are there.
    expect(page.split('&lt;img src=x onerror=&quot;').length - 1).toBeGreaterThanOrEqual(12);
    expect(page.match(/onerror="/g)).toBeNull();
  });

  test('asks for nothing from elsewhere and runs nothing', () => {
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/<script|<link|\bsrc="|url\(|https?:/);
  });

  test('says the figures, the ties and what failed', () => {
    for (const figure of [
      '82.0 %',
      '+32.0 points',
      '95 %: +20.0 points to +40.0 points',
      'p &lt; 0.001',
      'p = 0.20 (Holm)',
      'about 340 rows would tell',
      '0.01',
    ]) {
      expect(page).toContain(figure);
    }
    expect(page).toContain('Not told apart on these rows from: full.');
    expect(page).toContain('failed. &lt;img');
    expect(page.match(/<svg /g)).toHaveLength(2);
  });
});

test('each advice leads to the number behind it', () => {
  const places = ['arm-zero-shot', 'arm-endpoint', 'curve', 'data', 'situation'];
  const advice = places.map((at) => ({ kind: 'note', text: at, because: at, at }) as const);
  const page = studyPage({ ...REPORT, advice }, ROWS);
  for (const at of places) {
    expect(page.split(`href="#${at}"`)).toHaveLength(2);
    expect(page.split(`id="${at}"`)).toHaveLength(2);
  }
});

test('a row that a way was not asked is none on which it disagrees, nor one that it has wrong', () => {
  const row = (line: number, answers: StudyRows['rows'][number]['answers']) => ({
    ...{ line, text: `row ${line}`, expected: 0, answers },
  });
  const [right, wrong, none] = [0, 1, -1].map((predicted) => ({ predicted, confidence: null }));
  const rows = [
    row(2, { lora: right, full: right } as never),
    row(3, { lora: right, full: wrong } as never),
    row(4, { lora: right, full: right, 'zero-shot': none } as never),
  ];
  const page = studyPage(REPORT, { classes: ['a', 'b'], rows });
  expect(page).toContain('2 test rows of 3.');
  expect(page).not.toContain('row 2');
  expect(page.match(/<td class="muted">not asked/g)).toHaveLength(1);
  expect(page.match(/<td class="wrong">no answer/g)).toHaveLength(1);
});

describe('whether rows left the browser', () => {
  const pageOf = (...ids: string[]): string => {
    const arms = ids.map((id) => ({ key: id, arm: id, settings: {}, training: {} }));
    return studyPage({ ...REPORT, config: { ...REPORT.config, arms } }, null);
  };

  test('is told by the ways asked, however they ended', () => {
    expect(pageOf('zero-shot', 'lora')).toContain('the rows never left it.');
    expect(pageOf('zero-shot', 'endpoint')).toContain('but for what the ways that ask a model elsewhere');
    expect(pageOf('browser-model')).toContain('but for what');
  });
});

test('a template escapes values and not what it made itself', () => {
  const inner = html`<b>${'<i>'}</b>`;
  expect(html`<p class="${'"x'}">${[inner, 7, null, false]}</p>`.text).toBe(
    '<p class="&quot;x"><b>&lt;i&gt;</b>7</p>',
  );
});
