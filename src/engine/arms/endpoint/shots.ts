/** The examples that a prompt shows. */
import type { Shot } from '../../core/promptTemplate';
import { random } from '../../core/random';
import type { StudyConfig } from '../../core/study';
import type { PreparedData } from '../../pipeline/prepare';

/**
 * Examples of every label: those that were written, else `count` training rows drawn by the seed. They come in a drawn
 * order, since models favour the label of the last ones (Zhao et al. 2021).
 */
export function drawShots(
  { dataset, splits }: PreparedData,
  { examples }: Pick<StudyConfig, 'examples'>,
  count: number,
  seed: number,
): Shot[] {
  if (count === 0) return [];
  const rng = random(seed, 'prompt-examples');
  const drawn = rng.shuffle(splits.train.examples);
  const shots = dataset.classes.flatMap((label) => {
    const written = examples[label]?.filter((text) => text.trim()) ?? [];
    const texts =
      written.length > 0 ? written : drawn.filter((row) => row.label === label).map(({ text }) => text);
    return texts.slice(0, written.length || count).map((text) => ({ text, label }));
  });
  return rng.shuffle(shots);
}
