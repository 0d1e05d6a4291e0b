import { plural } from '../../words';
import { type Check, finding } from '../check';

/** Prompts with several different completions: references to score against, or contradictions to learn. */
export const repeatedPrompts: Check = {
  code: 'repeated-prompts',
  title: 'Prompts with several completions',
  blocks: false,
  find: ({ examples, byText }) => {
    const groups = [...byText.values()].filter(
      (indices) => new Set(indices.map((i) => examples[i]?.label)).size > 1,
    );
    const indices = groups.flat();
    if (indices.length === 0) return null;
    return finding('repeated-prompts', 'info', indices, {
      title: `${plural(groups.length, 'prompt has', 'prompts have')} several completions (${plural(indices.length, 'row')})`,
      why: 'Rows with the same prompt stay in the same split. In the test, a prompt is asked once and its answer is compared with each of them, the best counting.',
    });
  },
  fixes: {},
};
