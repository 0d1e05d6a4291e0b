/**
 * Compiles the WebAssembly kernels (AssemblyScript) when their sources are newer: with relaxed SIMD and with plain,
 * each for a page that may share memory between threads and for one that may not.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../src/engine/backend/kernels/wasm/', import.meta.url));
const SOURCES = path.join(FOLDER, 'assembly');
const OTHER_SOURCES = [
  fileURLToPath(import.meta.url),
  fileURLToPath(new URL('../package-lock.json', import.meta.url)),
];
const PRODUCTS = path.join(FOLDER, 'build');

/** As `NativeVariant` in native.ts. */
const VARIANTS = ['relaxed-shared', 'relaxed-single', 'plain-shared', 'plain-single'];

/** @param {string} folder */
function newest(folder) {
  return Math.max(...readdirSync(folder).map((name) => statSync(path.join(folder, name)).mtimeMs));
}

/** @param {string} variant */
function product(variant) {
  return path.join(PRODUCTS, `${variant}.wasm`);
}

/** @param {string} variant */
function optionsOf(variant) {
  const features = ['simd'];
  if (variant.startsWith('relaxed')) features.push('relaxed-simd');
  const shared = variant.endsWith('shared');
  if (shared) features.push('threads');
  return [
    '--enable',
    features.join(','),
    // A shared memory must declare its limit; TensorFlow.js's is 4 GiB.
    ...(shared ? ['--sharedMemory', '--maximumMemory', '65536'] : []),
  ];
}

export async function ensureKernels() {
  // The compiler's options are in this file, its version in the lock file.
  const changed = Math.max(newest(SOURCES), ...OTHER_SOURCES.map((file) => statSync(file).mtimeMs));
  const stale = VARIANTS.filter((variant) => {
    const file = statSync(product(variant), { throwIfNoEntry: false });
    return !file || file.mtimeMs < changed;
  });
  if (stale.length === 0) return;
  const { default: asc } = await import('assemblyscript/asc');
  mkdirSync(PRODUCTS, { recursive: true });
  for (const variant of stale) {
    // A build that was cut off must not pass for a finished one; several of Vitest's projects may build at once.
    const unfinished = `${product(variant)}.${randomUUID().slice(0, 8)}.part.wasm`;
    const { error, stderr } = await asc.main([
      path.relative(process.cwd(), path.join(SOURCES, 'index.ts')),
      ...['--outFile', path.relative(process.cwd(), unfinished)],
      ...['-O3', '--noAssert', '--runtime', 'stub', '--use', 'abort='],
      ...['--importMemory', '--initialMemory', '1', '--noExportMemory'],
      ...optionsOf(variant),
    ]);
    if (error) throw new Error(`The WebAssembly kernels (${variant}) do not compile:\n${stderr.toString()}`);
    renameSync(unfinished, product(variant));
  }
}
