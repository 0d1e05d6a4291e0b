/**
 * Nearest class mean (prototypical networks without training: Snell et al. 2017): a text belongs to the label whose
 * examples' vectors, each of length one, have the mean closest to it by cosine.
 */
import { random } from '../../core/random';
import { unitLength, zeroShot } from '../../evaluation/zeroShot';
import { drain, readTexts } from '../../training/rows';
import { numberOf } from '../../tuning/spec';
import type { Arm, ArmInput } from '../arm';
import { frozenCosts } from '../frozen';

export const fewShot: Arm = async function* (input) {
  const { config, data, pooled, ports, readingSeconds, settings } = input;
  const classes = data.dataset.classes;
  const drawn = drawExamples(input, numberOf(settings, 'shots'));
  const means: (Float32Array | null)[] = [];
  let trainSeconds = 0;
  for (const [index, label] of classes.entries()) {
    yield { type: 'work', detail: 'Reading the examples', done: index, total: classes.length };
    const written = config.examples[label]?.filter((text) => text.trim()) ?? [];
    const started = ports.now();
    const vectors = written.length > 0 ? await readWritten(input, written) : (drawn[index] ?? []);
    trainSeconds +=
      written.length > 0
        ? (ports.now() - started) / 1000
        : (readingSeconds * vectors.length) / (pooled.train.texts.length + pooled.validation.texts.length);
    means.push(meanDirection(vectors, input.probe.base.encoder.shape.width));
  }
  const bare = means.filter((mean) => mean === null);
  return {
    answers: { probabilities: zeroShot(pooled.test.cache?.values ?? [], means) },
    ...(await frozenCosts(input)),
    trainSeconds,
    notes:
      bare.length > 0
        ? [`No example of ${bare.length} of ${classes.length} labels: they are never chosen.`]
        : [],
  };
};

/** Vectors of up to `shots` training rows of each class, drawn by the arm's seed. */
function drawExamples({ pooled: { train }, data, seed }: ArmInput, shots: number): Float32Array[][] {
  const found: Float32Array[][] = data.dataset.classes.map(() => []);
  for (const row of random(seed, 'few-shot').shuffle(Array.from(train.labels.keys()))) {
    const vectors = found[train.labels[row] as number];
    const vector = train.cache?.values[row];
    if (vectors && vector && vectors.length < shots) vectors.push(vector);
  }
  return found;
}

async function readWritten(
  { probe, maxLength }: ArmInput,
  texts: readonly string[],
): Promise<Float32Array[]> {
  const encoded = texts.map((text) => probe.base.tokenizer.encode(text, maxLength));
  return (await drain(readTexts(probe, encoded, null))).pooled;
}

/** Null without vectors. */
function meanDirection(vectors: readonly Float32Array[], width: number): Float32Array | null {
  if (vectors.length === 0) return null;
  const mean = new Float32Array(width);
  for (const vector of vectors) {
    const unit = unitLength(vector);
    for (let i = 0; i < width; i++) mean[i] = (mean[i] as number) + (unit[i] as number) / vectors.length;
  }
  return mean;
}
