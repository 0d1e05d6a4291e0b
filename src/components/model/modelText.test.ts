import { describe, expect, it } from 'vitest';
import { languagesText, qualityBasis, qualityValue } from './modelText';

const banking = { dataset: 'Banking77', shots: '8', metric: 'accuracy', mean: 79.27, sd: 1.27, draws: 5 };

describe('model facts', () => {
  it('names languages and shortens long lists', () => {
    expect(languagesText(['en'])).toBe('English');
    expect(languagesText(['en', 'de', 'fr', 'es', 'it'])).toBe('English, German, French and 2 more');
    expect(languagesText(['not a code'])).toBe('not a code');
  });
  it('writes quality with its spread and basis', () => {
    expect(qualityValue(banking)).toBe('79.3 % ± 1.3');
    expect(qualityValue({ ...banking, mean: 0.7927, sd: 0.0127 })).toBe('79.3 % ± 1.3');
    expect(qualityBasis(banking)).toBe('8 rows per class, 5 draws');
    expect(qualityBasis({ ...banking, shots: 'all rows', draws: 1 })).toBe('all rows, 1 draw');
  });
});
