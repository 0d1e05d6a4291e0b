/** The picture of a model in words, for those who do not see it. */
import type { ModelParts, PartState } from '../../engine/tuning/spec';

const WORDS: Readonly<Record<PartState, string>> = {
  trained: 'trained',
  adapted: 'kept, with an adapter beside it',
  partly: 'partly trained',
  frozen: 'kept as it was',
};
const WORDS_MANY: Readonly<Record<PartState, string>> = {
  trained: 'trained',
  adapted: 'kept, with adapters beside them',
  partly: 'partly trained',
  frozen: 'kept as they were',
};

export interface LayerRun {
  state: PartState;
  /** One-based, inclusive. */
  from: number;
  to: number;
}

/** Neighbouring layers that are treated alike, nearest the text first. */
export function layerRuns(layers: readonly PartState[]): LayerRun[] {
  const runs: LayerRun[] = [];
  layers.forEach((state, i) => {
    const last = runs.at(-1);
    if (last?.state === state) last.to = i + 1;
    else runs.push({ state, from: i + 1, to: i + 1 });
  });
  return runs;
}

export function partsText({ embeddings, layers, head }: ModelParts): string {
  const middle = layerRuns(layers).map(({ state, from, to }) =>
    from === to ? `layer ${from} ${WORDS[state]}` : `layers ${from} to ${to} ${WORDS_MANY[state]}`,
  );
  return [`Word vectors ${WORDS_MANY[embeddings]}`, ...middle, `classifier ${WORDS[head]}`].join('; ');
}
