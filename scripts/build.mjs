/** Builds `dist/` when something it is made from is newer. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { run, tool } from './command.mjs';

const SOURCES = ['src', 'public', 'index.html', 'vite.config.ts', 'package-lock.json'];
const PRODUCT = 'dist/index.html';

/** @param {{ toStderr?: boolean }} [options] */
export async function ensureBuilt(options) {
  if (existsSync(PRODUCT) && statSync(PRODUCT).mtimeMs > newest(SOURCES)) return;
  await build(options);
}

/** @param {{ toStderr?: boolean }} [options] */
export async function build(options) {
  console.error('Building …');
  const code = await run(tool('vite'), ['build', '--logLevel', 'warn'], options);
  if (code !== 0) throw new Error(`The build failed (exit code ${code}). The lines above say why.`);
}

/** @param {string[]} paths */
function newest(paths) {
  let latest = 0;
  for (const each of paths) {
    const stats = statSync(each);
    const inside = stats.isDirectory() ? readdirSync(each).map((name) => path.join(each, name)) : [];
    latest = Math.max(latest, stats.mtimeMs, newest(inside));
  }
  return latest;
}
