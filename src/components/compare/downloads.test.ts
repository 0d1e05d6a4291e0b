import { describe, expect, it } from 'vitest';
import { runConfigSchema } from '../../engine/core/config';
import { predictionsSheet } from './predictionsSheet';
import { changedSettings } from './settingsDiff';

describe('predictionsSheet', () => {
  it('quotes what must be quoted and disarms formulas', () => {
    const csv = predictionsSheet(
      [
        {
          index: 0,
          line: 7,
          text: '=cmd("x"), twice\nover',
          expected: 1,
          before: { label: 0, confidence: 0.5 },
          after: { label: 1, confidence: 0.98765 },
          outcome: 'fixed',
        },
      ],
      ['billing', 'log, in'],
    );
    expect(csv).toBe(
      '\uFEFFrow,input,expected,before,after,confidence_before,confidence_after,result\r\n' +
        '7,"\'=cmd(""x""), twice\nover","log, in",billing,"log, in",0.5000,0.9877,fixed',
    );
  });
});

describe('changedSettings', () => {
  const config = runConfigSchema.parse({
    version: 1,
    task: 'classify',
    data: {
      name: 'a.csv',
      hash: 'x',
      options: { format: 'csv', encoding: 'utf-8', delimiter: ',', quote: '"', header: true },
      roles: { text: 'text', label: 'label' },
      split: {},
    },
    model: { id: 'm', revision: '1' },
    method: { id: 'lora', settings: { rank: 16, alpha: 16 } },
    training: { learningRate: 1e-3, epochs: 3, schedule: 'cosine' },
  });

  it('lists what differs from the method’s own defaults, in words', () => {
    expect(changedSettings(config).map(({ label, value, usual }) => [label, value, usual])).toEqual([
      ['Adapter size', '16', '8'],
      ['Passes over the data', '3', '6'],
      ['How the step size changes', 'Cosine decay', 'Linear decay'],
    ]);
  });

  it('does not fail on a method from another version', () => {
    expect(changedSettings({ ...config, method: { id: 'gone', settings: {} } })).toEqual([]);
  });
});
