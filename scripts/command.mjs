/** Runs other programs: npm, and the tools installed in node_modules. */
import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';

const windows = process.platform === 'win32';

/**
 * Runs to the end, printing as it goes. `toStderr` keeps stdout free for a command's own result.
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, toStderr?: boolean }} [options]
 * @returns {Promise<number>} the exit code
 */
export function run(command, args, { env = process.env, toStderr = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ['ignore', toStderr ? 2 : 'inherit', 'inherit'],
      env,
      shell: windows,
    });
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/**
 * The first line that a program prints, or null when it does not run.
 * @param {string} command
 * @param {string[]} args
 */
export function firstLine(command, args) {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8', timeout: 20_000 });
  return status === 0 ? (stdout.split('\n')[0] ?? '') : null;
}

/**
 * A tool of node_modules/.bin.
 * @param {string} name
 */
export function tool(name) {
  return path.join('node_modules', '.bin', windows ? `${name}.cmd` : name);
}
