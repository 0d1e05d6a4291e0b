import { movingPlan, type TuningMethod } from '../method';

/** Only the classifier moves, which every method trains. */
export const head: TuningMethod = {
  plan: () => movingPlan(() => false),
};
