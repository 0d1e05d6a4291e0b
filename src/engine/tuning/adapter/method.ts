/**
 * Bottleneck adapters (Houlsby et al. 2019): what a sub-layer gives passes through a narrow two-layer network, which
 * adds its answer before the residual: y + gelu(y·D + d)·U + u with D [W, m], U [m, W]. D starts as BERT's weights do
 * and U at zero (near zero in the paper), so training starts from the base model. After the feed-forward block alone
 * is the place that Pfeiffer et al. 2021 found best; Houlsby et al. have one after attention too.
 */
import { linear } from '../../backend/ops';
import { type AddedWeight, type ModuleAdapter, modulesOf, type TuningMethod } from '../method';
import { numberOf } from '../spec';
import { adaptedRoles } from './spec';

/** BERT's initialiser range. */
const STDDEV = 0.02;

export const adapter: TuningMethod = {
  plan(encoder, settings, rng) {
    const size = numberOf(settings, 'size');
    const { width } = encoder.shape;
    const added: AddedWeight[] = [];
    const adapters = new Map<string, ModuleAdapter>();
    for (const { module } of modulesOf(encoder, adaptedRoles(settings))) {
      const down = `${module}.adapter_down`;
      const up = `${module}.adapter_up`;
      const drawn = Float32Array.from({ length: width * size }, () => rng.normal() * STDDEV);
      const zeros = new Float32Array(size * width);
      added.push(
        { name: `${down}.weight`, kind: 'linear', shape: [width, size], start: drawn },
        { name: `${down}.bias`, kind: 'bias', shape: [size], start: new Float32Array(size) },
        { name: `${up}.weight`, kind: 'linear', shape: [size, width], start: zeros },
        { name: `${up}.bias`, kind: 'bias', shape: [width], start: new Float32Array(width) },
      );
      adapters.set(module, bottleneck(down, up));
    }
    return { trains: () => false, added, adapters, adapterDropout: 0 };
  },
};

function bottleneck(down: string, up: string): ModuleAdapter {
  return {
    apply({ x, weight, bias }, added) {
      const y = linear(x, weight, bias);
      const narrow = linear(y, added(`${down}.weight`), added(`${down}.bias`), { gelu: true });
      return linear(narrow, added(`${up}.weight`), added(`${up}.bias`), { residual: y });
    },
    merge: null,
  };
}
