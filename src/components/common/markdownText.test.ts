import { describe, expect, it } from 'vitest';
import { withoutFrontMatter } from './markdownText';

describe('withoutFrontMatter', () => {
  it('drops the YAML block at the very start only', () => {
    expect(withoutFrontMatter('---\nlicense: mit\ntags:\n- a\n---\n\n# Card\n\n---\n\nEnd')).toBe(
      '# Card\n\n---\n\nEnd',
    );
    expect(withoutFrontMatter('# Card\n---\nx\n---\n')).toBe('# Card\n---\nx\n---\n');
  });
});
