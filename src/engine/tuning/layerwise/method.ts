import { movingPlan, type TuningMethod } from '../method';
import { numberOf } from '../spec';

/** The last `layers` encoder layers move. */
export const layerwise: TuningMethod = {
  plan: (encoder, settings) => {
    const first = encoder.shape.layers - numberOf(settings, 'layers');
    return movingPlan((weight) => weight.layer >= 0 && weight.layer >= first);
  },
};
