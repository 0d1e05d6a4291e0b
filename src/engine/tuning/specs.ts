/** The tuning methods, one line each. Ids are types derived from here. */
import { fullSpec } from './full/spec';
import { headSpec } from './head/spec';
import { layerwiseSpec } from './layerwise/spec';
import { loraSpec } from './lora/spec';
import { prefixSpec } from './prefix/spec';
import { promptSpec } from './prompt/spec';
import type { MethodSpec } from './spec';

export const METHOD_SPECS = {
  lora: loraSpec,
  layerwise: layerwiseSpec,
  prompt: promptSpec,
  prefix: prefixSpec,
  full: fullSpec,
  head: headSpec,
} as const satisfies Record<string, MethodSpec>;

export type MethodId = keyof typeof METHOD_SPECS;

export function isMethodId(id: string): id is MethodId {
  return Object.hasOwn(METHOD_SPECS, id);
}
