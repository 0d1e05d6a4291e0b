import { majorityClass } from '../../evaluation/baselines';
import { trainCounts } from '../../pipeline/report';
import type { Arm } from '../arm';

// biome-ignore lint/correctness/useYield: it is done before there is anything to say.
export const majority: Arm = async function* ({ data }) {
  return {
    answers: majorityClass(trainCounts(data), data.splits.test.examples.length),
    trainableParameters: 0,
    bytes: 0,
    trainSeconds: 0,
    latencyMs: null,
    promptTokens: 0,
    run: null,
    notes: [],
  };
};
