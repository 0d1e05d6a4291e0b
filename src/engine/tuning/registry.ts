/** How each method is loaded, one line each; light specs are in specs.ts. */
import { EngineError } from '../core/errors';
import type { TuningMethod } from './method';
import { isMethodId, type MethodId } from './specs';

export const METHOD_LOADERS = {
  lora: async () => (await import('./lora/method')).lora,
  layerwise: async () => (await import('./layerwise/method')).layerwise,
  prompt: async () => (await import('./prompt/method')).prompt,
  prefix: async () => (await import('./prefix/method')).prefix,
  full: async () => (await import('./full/method')).full,
  head: async () => (await import('./head/method')).head,
  dora: async () => (await import('./dora/method')).dora,
  adapter: async () => (await import('./adapter/method')).adapter,
  ia3: async () => (await import('./ia3/method')).ia3,
  bitfit: async () => (await import('./bitfit/method')).bitfit,
  scratch: async () => (await import('./scratch/method')).scratch,
} as const satisfies Record<MethodId, () => Promise<TuningMethod>>;

/** @throws unknown-method */
export async function loadMethod(id: string): Promise<TuningMethod> {
  if (isMethodId(id)) return METHOD_LOADERS[id]();
  throw new EngineError({
    code: 'unknown-method',
    message: `There is no tuning method “${id}” in this Hone.`,
    hint: `Choose one of: ${Object.keys(METHOD_LOADERS).join(', ')}.`,
  });
}
