/**
 * `npm run optests`: TensorFlow.js's own op tests with Hone's device and kernels, beside the same tests with the
 * published ones. `npm run optests -- --help` lists the options; docs/guide/optests.md says what they hold.
 */
import './node.mjs';
import { ensurePackages } from './packages.mjs';

await ensurePackages();
const { runnerImport } = await import('vite');
/** @type {{ module: typeof import('../optests/main') }} */
const { module } = await runnerImport('./optests/main.ts', { logLevel: 'error' });
process.exitCode = await module.main(process.argv.slice(2));
