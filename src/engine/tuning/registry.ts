/** How each method is loaded, one line each; light specs are in specs.ts. */
import type { TuningMethod } from './method';
import type { MethodId } from './specs';

export const METHOD_LOADERS = {
  lora: async () => (await import('./lora/method')).lora,
  layerwise: async () => (await import('./layerwise/method')).layerwise,
  full: async () => (await import('./full/method')).full,
  head: async () => (await import('./head/method')).head,
} as const satisfies Record<MethodId, () => Promise<TuningMethod>>;
