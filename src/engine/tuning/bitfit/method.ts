import { movingPlan, type TuningMethod } from '../method';

/** BitFit (Ben Zaken et al. 2022): every bias moves, those of layer norms too, and no matrix. */
export const bitfit: TuningMethod = {
  plan: () => movingPlan(({ name }) => name.endsWith('.bias')),
};
