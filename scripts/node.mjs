/** Imported first by every command: says plainly when Node is too old, before anything fails obscurely. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The repository's folder; every command works from any place. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

const { engines } = JSON.parse(readFileSync(`${ROOT}/package.json`, 'utf8'));
const needed = engines.node.replace('>=', '');
const [needMajor = 0, needMinor = 0] = needed.split('.').map(Number);
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < needMajor || (major === needMajor && minor < needMinor)) {
  console.error(
    `Hone needs Node ${needed} or newer; this is ${process.version}. Get it from https://nodejs.org.`,
  );
  process.exit(1);
}
process.chdir(ROOT);
