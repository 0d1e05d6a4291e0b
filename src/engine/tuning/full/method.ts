import { movingPlan, type TuningMethod } from '../method';

/** Every weight moves. */
export const full: TuningMethod = {
  plan: () => movingPlan(() => true),
};
