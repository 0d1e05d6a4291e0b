/** Puts Dawn's null adapter where a browser has its own, counts, and runs the bundled program. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as dawn from 'webgpu';

const [program, ...rest] = process.argv.slice(2);
Object.assign(globalThis, dawn.globals);
const gpu = dawn.create(['backend=null']);
Object.defineProperty(globalThis, 'navigator', { value: { gpu, userAgent: 'node' }, configurable: true });
// Else TensorFlow.js takes this for Node and asks for its modules, which the bundle for a worker has none of.
Object.defineProperty(globalThis, 'WorkerGlobalScope', { value: class {} });
process.argv = [process.argv[0] ?? 'node', program ?? '', ...rest];
await import(pathToFileURL(path.resolve(program ?? '')).href);
// Dawn keeps its event loop alive.
process.exit(0);
