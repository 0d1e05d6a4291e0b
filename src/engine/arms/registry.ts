/** How each arm is loaded, one line each; light specs are in specs.ts. */
import type { Arm } from './arm';
import { armSpec, type OWN_ARM_SPECS } from './specs';

const OWN_ARM_LOADERS = {
  majority: async () => (await import('./majority/arm')).majority,
  tfidf: async () => (await import('./tfidf/arm')).tfidf,
  'zero-shot': async () => (await import('./zeroShot/arm')).zeroShot,
  'few-shot': async () => (await import('./fewShot/arm')).fewShot,
  endpoint: async () => (await import('./endpoint/arm')).endpoint,
  'browser-model': async () => (await import('./browserModel/arm')).browserModel,
} as const satisfies Record<keyof typeof OWN_ARM_SPECS, () => Promise<Arm>>;

/** @throws unknown-arm */
export async function loadArm(id: string): Promise<Arm> {
  const { trains } = armSpec(id);
  if (trains) return (await import('./method/arm')).methodArm(trains);
  return OWN_ARM_LOADERS[id as keyof typeof OWN_ARM_LOADERS]();
}
