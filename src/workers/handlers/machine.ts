import { loseDevice } from '../../engine/backend/start';
import { engineState } from '../engineState';
import type { Handlers } from '../protocol';

export const machineHandlers = {
  'machine.start': async ({ backend }) => {
    const state = await engineState();
    const estimate = await navigator.storage?.estimate?.().catch(() => null);
    return {
      backend: await state.backend(backend),
      isolated: self.crossOriginIsolated,
      storageDurable: state.storage.durable,
      storageBytes: estimate?.usage ?? null,
      quotaBytes: estimate?.quota ?? null,
    };
  },
  'machine.loseDevice': async () => {
    loseDevice();
    return null;
  },
} satisfies Pick<Handlers, 'machine.start' | 'machine.loseDevice'>;
