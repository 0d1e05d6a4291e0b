/**
 * `npm run bench`: Hone beside TensorFlow.js as published, jax-js, onnxruntime-web and PyTorch, on this machine, in
 * one run. `npm run bench -- --help` lists the options; docs/guide/bench.md says what is measured and how.
 */
import './node.mjs';
import { existsSync } from 'node:fs';
import { run } from './command.mjs';
import { ensurePackages } from './packages.mjs';

/** What only the bench needs is large, so it is installed when it is needed and nowhere else. */
async function installPeers() {
  if (existsSync('bench/node_modules/.package-lock.json')) return;
  console.error('Installing what Hone is compared with …');
  const args = ['ci', '--prefix', 'bench', '--ignore-scripts', '--no-audit', '--no-fund'];
  if ((await run('npm', args, { toStderr: true })) !== 0)
    console.error('… failed; those parts are left out.');
}

await ensurePackages({ toStderr: true });
const { runnerImport } = await import('vite');
/** @type {{ module: typeof import('../bench/main') }} */
const { module } = await runnerImport('./bench/main.ts', { logLevel: 'error' });
process.exitCode = await module.main(process.argv.slice(2), installPeers);
