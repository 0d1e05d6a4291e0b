/** The tuning methods, one line each. Ids are types derived from here. */
import { adapterSpec } from './adapter/spec';
import { bitfitSpec } from './bitfit/spec';
import { doraSpec } from './dora/spec';
import { fullSpec } from './full/spec';
import { headSpec } from './head/spec';
import { ia3Spec } from './ia3/spec';
import { layerwiseSpec } from './layerwise/spec';
import { loraSpec } from './lora/spec';
import { prefixSpec } from './prefix/spec';
import { promptSpec } from './prompt/spec';
import { scratchSpec } from './scratch/spec';
import type { MethodSpec } from './spec';

export const METHOD_SPECS = {
  lora: loraSpec,
  layerwise: layerwiseSpec,
  prompt: promptSpec,
  prefix: prefixSpec,
  full: fullSpec,
  head: headSpec,
  dora: doraSpec,
  adapter: adapterSpec,
  ia3: ia3Spec,
  bitfit: bitfitSpec,
  scratch: scratchSpec,
} as const satisfies Record<string, MethodSpec>;

export type MethodId = keyof typeof METHOD_SPECS;

export function isMethodId(id: string): id is MethodId {
  return Object.hasOwn(METHOD_SPECS, id);
}
