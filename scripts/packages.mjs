/** Installs npm packages when node_modules is missing or does not match package-lock.json. */
import { existsSync, readFileSync } from 'node:fs';
import { run } from './command.mjs';

/** npm's own record of what it installed. */
const INSTALLED = 'node_modules/.package-lock.json';

/** @param {{ toStderr?: boolean }} [options] */
export async function ensurePackages(options) {
  if (packagesMatch()) return;
  console.error('Installing npm packages …');
  const code = await run('npm', ['ci', '--no-audit', '--no-fund'], options);
  if (code !== 0) throw new Error(`npm ci failed (exit code ${code}). The lines above say why.`);
}

function packagesMatch() {
  if (!existsSync(INSTALLED)) return false;
  const wanted = readLock('package-lock.json');
  const installed = readLock(INSTALLED);
  return Object.entries(wanted).every(
    ([path, { version, optional }]) => path === '' || optional || installed[path]?.version === version,
  );
}

/**
 * @param {string} path
 * @returns {Record<string, { version?: string, optional?: boolean }>}
 */
function readLock(path) {
  return JSON.parse(readFileSync(path, 'utf8')).packages;
}
