/**
 * tfjs-core's own op tests in Node, on one back end: as TensorFlow.js publishes it, or as the studio starts it. Bundled,
 * so that tests, core and back ends share one copy of TensorFlow.js. Arguments: wasm|webgpu, stock|hone.
 */
import path from 'node:path';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { setTestEnvs, type TestEnv } from '@tensorflow/tfjs-core/dist/jasmine_util';
import { boot } from 'jasmine-core';
import { provideGpu } from '../src/engine/testing/gpu';
import type { EngineName, Order, Place, Told } from './messages';
// As TensorFlow.js's own back ends do before their tests.
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import '@tensorflow/tfjs-core/dist/register_all_gradients';

/** As TensorFlow.js sets them for its own back ends (setup_test.ts, backend_webgpu_test_registry.ts). */
const TEST_ENVS: Record<Place, TestEnv> = {
  wasm: { name: 'test-wasm', backendName: 'wasm', isDataSync: true },
  webgpu: { name: 'webgpu', backendName: 'webgpu', flags: { WEBGPU_CPU_FORWARD: false }, isDataSync: true },
};

/** As tfjs-core's jasmine_util asks for. */
const SPEC_TIMEOUT_MS = 20_000;

const [place, engine] = process.argv.slice(2) as [Place, EngineName];

const tell = (told: Told): void => {
  process.send?.(told);
};

async function startStock(): Promise<void> {
  if (place === 'webgpu') {
    await import('@tensorflow/tfjs-backend-webgpu');
    return;
  }
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(`${path.resolve('node_modules/@tensorflow/tfjs-backend-wasm/wasm-out')}/`);
}

async function startHone(): Promise<void> {
  const { WASM } = await import('../src/engine/testing/testModels');
  const { startBackend } = await import('../src/engine/backend/start');
  const { id, reason } = await startBackend({ choice: place, wasm: WASM });
  if (id !== place) throw new Error(`Hone did not start on ${place}: ${reason}`);
  if (place === 'webgpu') return;
  // Every suite makes its back end anew; ours lies on the heap of each.
  const { startNative } = await import('../src/engine/backend/kernels/wasm/native');
  const make = tf.findBackendFactory('wasm');
  tf.removeBackend('wasm');
  tf.registerBackend('wasm', async () => {
    const backend = (await make()) as BackendWasm;
    await startNative(backend, WASM.kernels, 1);
    return backend;
  });
}

/** A name for each spec that stays the same from run to run: some share their full name. */
function namer(): (spec: { id: string }, fullName: string) => string {
  const names = new Map<string, string>();
  const times = new Map<string, number>();
  return ({ id }, fullName) => {
    let name = names.get(id);
    if (name === undefined) {
      const time = (times.get(fullName) ?? 0) + 1;
      times.set(fullName, time);
      name = time === 1 ? fullName : `${fullName} #${time}`;
      names.set(id, name);
    }
    return name;
  };
}

async function runTests({ known, suites, names }: Order): Promise<void> {
  const jasmine = boot();
  jasmine.DEFAULT_TIMEOUT_INTERVAL = SPEC_TIMEOUT_MS;
  const env = jasmine.getEnv();
  const nameOf = namer();
  const skipped = new Set(known);
  const named = names && new Set(names);
  // “slice1d” is a suite of slice's.
  const wanted = suites && new RegExp(`^(${suites.join('|')})(\\dd)? `, 'i');
  env.configure({
    random: false,
    forbidDuplicateNames: false,
    specFilter(spec) {
      const fullName = spec.getFullName();
      const name = nameOf(spec, fullName);
      if (skipped.has(name) || (named && !named.has(name))) return false;
      return wanted === null || wanted.test(fullName);
    },
  });
  env.addReporter({
    specStarted(spec) {
      if (spec.status !== 'excluded') tell({ kind: 'started', name: nameOf(spec, spec.fullName) });
    },
    specDone(spec) {
      if (spec.status !== 'passed' && spec.status !== 'failed') return;
      const why = spec.failedExpectations[0]?.message ?? '';
      tell({ kind: 'ended', name: nameOf(spec, spec.fullName), passed: spec.status === 'passed', why });
    },
  });
  setTestEnvs([TEST_ENVS[place]]);
  await import('@tensorflow/tfjs-core/dist/tests');
  await env.execute();
}

async function main(order: Order): Promise<void> {
  if (place === 'webgpu') await provideGpu();
  await (engine === 'stock' ? startStock() : startHone());
  await runTests(order);
  // Dawn keeps its event loop alive, and the last message must leave first.
  process.send?.({ kind: 'finished' } satisfies Told, () => process.exit(0));
}

process.once('message', (order) => {
  main(order as Order).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});
tell({ kind: 'ready' });
