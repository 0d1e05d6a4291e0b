/** `npm start`: installs, builds, serves the app with the headers it needs, and opens it. Ctrl-C ends it. */
import './node.mjs';
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { ensureBuilt } from './build.mjs';
import { ensurePackages } from './packages.mjs';
import { serve } from './server.mjs';

const USAGE = 'npm start -- [--port N] [--no-open]';
const FIRST_PORT = 4173;
const PORTS_TRIED = 20;

/** @returns {{ port: number | null, open: boolean }} */
function readOptions() {
  const { values } = parseArgs({
    options: { port: { type: 'string' }, open: { type: 'boolean', default: true } },
    allowNegative: true,
  });
  const port = values.port === undefined ? null : Number(values.port);
  if (port !== null && !(Number.isInteger(port) && port > 0 && port < 65_536)) {
    throw new Error(`--port must be a whole number from 1 to 65535, not “${values.port}”. ${USAGE}`);
  }
  return { port, open: values.open && !process.env.CI };
}

/**
 * The port asked for, or the first free one from 4173.
 * @param {number | null} asked
 */
async function listen(asked) {
  const ports = asked === null ? Array.from({ length: PORTS_TRIED }, (_, i) => FIRST_PORT + i) : [asked];
  for (const port of ports) {
    try {
      return await serve({ root: 'dist', port });
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : '';
      if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    }
  }
  const which = asked === null ? `The ports ${ports.at(0)} to ${ports.at(-1)} are` : `Port ${asked} is`;
  throw new Error(`${which} not free. Choose another: npm start -- --port N`);
}

/** @param {string} url */
function openBrowser(url) {
  const openers = { darwin: ['open', url], win32: ['cmd', '/c', 'start', '', url] };
  const screen = process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  const [command, ...args] =
    openers[/** @type {keyof typeof openers} */ (process.platform)] ?? (screen ? ['xdg-open', url] : []);
  if (!command) return;
  const child = spawn(command, args, { stdio: 'ignore', detached: true });
  child.on('error', () => console.log('Open that address in your browser.'));
  child.unref();
}

try {
  const { port, open } = readOptions();
  await ensurePackages();
  await ensureBuilt();
  const server = await listen(port);
  console.log(`\n  Hone runs at ${server.url}\n  Everything stays on this computer. Ctrl-C ends it.\n`);
  if (open) openBrowser(server.url);
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, async () => {
      await server.close();
      process.exit(0);
    });
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
