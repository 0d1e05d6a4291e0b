/**
 * Checks the rules of .dependency-cruiser.cjs. Through the library and not its command, which refuses the
 * oldest Node that Hone supports.
 */
import './node.mjs';
import { createRequire } from 'node:module';
import { cruise, format } from 'dependency-cruiser';
import { ensureKernels } from './kernels.mjs';

const { options, ...ruleSet } = createRequire(import.meta.url)('../.dependency-cruiser.cjs');
// Imports of compiled kernels lead somewhere only once they are compiled.
await ensureKernels();
const { output } = await cruise(['src'], { ...options, ruleSet, validate: true });
if (typeof output === 'string') throw new Error(output);
// It warns that TypeScript 7 has no API for it yet; swc reads the sources instead, so nothing is missed.
output.summary.environment.issues = [];
const report = await format(output, { outputType: 'err-long' });
console.log(report.output);
process.exitCode = report.exitCode;
