import { startBackend } from '../../engine/backend/start';
import { benchmark } from '../../engine/bench/bench';
import { breatheUnlessAborted } from '../../engine/core/breathe';
import type { Handlers } from '../protocol';
import { WASM } from '../wasmFiles';

export const benchHandlers = {
  'bench.run': async (_params, { emit, signal }) => {
    for await (const event of benchmark((choice) => startBackend({ choice, wasm: WASM }))) {
      emit(event);
      await breatheUnlessAborted(signal);
    }
    return null;
  },
} satisfies Pick<Handlers, 'bench.run'>;
