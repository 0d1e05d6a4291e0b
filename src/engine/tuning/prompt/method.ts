/**
 * Prompt tuning (Lester et al. 2021): P learned word vectors [P, D] before every text. They start, as in peft, as
 * the tokens of a text (tiled, then cut), or as tokens drawn from the vocabulary; or at random, as in the paper.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Random } from '../../core/random';
import type { Encoder } from '../../model/family';
import type { TextEncoder } from '../../text/tokenizer';
import { type AddedWeight, type TuningMethod, virtualPlan } from '../method';
import { numberOf, textOf } from '../spec';
import { PROMPT_TEXT } from './spec';

export const prompt: TuningMethod = {
  plan(encoder, settings, rng, tokenizer) {
    const count = numberOf(settings, 'virtualTokens');
    const start = startOf(textOf(settings, 'start'), count, encoder, rng, tokenizer);
    return virtualPlan('prompt', encoder.shape, { shape: [count, encoder.shape.width], start });
  },
};

function startOf(
  from: string,
  count: number,
  { shape: { width, vocabulary }, words }: Encoder,
  rng: Random,
  tokenizer: TextEncoder,
): AddedWeight['start'] {
  if (from === 'random') return Float32Array.from({ length: count * width }, () => rng.float() - 0.5);
  const { ids } = tokenizer.encode(PROMPT_TEXT, Number.POSITIVE_INFINITY);
  const token = (i: number): number =>
    from === 'instruction' ? (ids[i % ids.length] as number) : rng.int(vocabulary);
  const tokens = Int32Array.from({ length: count }, (_, i) => token(i));
  return (base) => tf.gather(base(words), tokens);
}
