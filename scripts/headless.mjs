/**
 * What `npm run tune` and `npm run compare` share: one request worked on in headless Chromium, by the same page code
 * and worker as in the studio. Progress goes to stderr, one JSON object to stdout.
 */
import './node.mjs';
import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { browserFlags, ensureBrowser } from './browser.mjs';
import { ensureBuilt } from './build.mjs';
import { ensurePackages } from './packages.mjs';
import { serve } from './server.mjs';

/** @typedef {import('../src/headless/events').TuneOutcome} TuneOutcome */
/** @typedef {import('../src/headless/request').HeadlessRequest} HeadlessRequest */
/** @typedef {import('../src/headless/options').CommandName} CommandName */
/** @typedef {typeof import('../src/headless/command')} Command */

/** @type {Readonly<Record<HeadlessRequest['backend'], boolean | 'card'>>} */
const WEBGPU_FLAGS = { auto: 'card', webgpu: true, wasm: false };
const EXIT = { finished: 0, failed: 1, refused: 2, cancelled: 130 };
const quiet = { toStderr: true };
/** npm starts scripts in the repository; paths are meant from where the user stands. */
const here = process.env.INIT_CWD ?? process.cwd();

class Refusal extends Error {}

/**
 * Hone's own option parser and words, straight from its TypeScript.
 * @returns {Promise<Command>}
 */
async function loadCommand() {
  await ensurePackages(quiet);
  const { runnerImport } = await import('vite');
  const { module } = await runnerImport('./src/headless/command.ts', { logLevel: 'error' });
  return /** @type {Command} */ (module);
}

/** @param {string} name */
async function fileAt(name) {
  const file = path.resolve(here, name);
  const stats = await stat(file).catch(() => null);
  if (!stats) throw new Refusal(`There is no file “${name}” (looked for ${file}).`);
  if (!stats.isFile()) throw new Refusal(`“${name}” is not a file.`);
  return file;
}

/** @param {string | undefined} name */
async function textOf(name) {
  return name === undefined ? null : readFile(await fileAt(name), 'utf8');
}

/** No model has so many; somebody named the wrong folder. */
const MOST_MODEL_FILES = 1000;

/**
 * The files of a folder or zip that `--model` names; null when it names an id.
 * @param {string | undefined} name
 * @returns {Promise<{ kind: 'folder' | 'zip', paths: string[], files: string[] } | null>}
 */
async function modelAt(name) {
  if (name === undefined) return null;
  const place = path.resolve(here, name);
  const stats = await stat(place).catch(() => null);
  if (stats?.isFile()) return { kind: 'zip', paths: [path.basename(place)], files: [place] };
  if (!stats?.isDirectory()) return null;
  const entries = await readdir(place, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => path.join(entry.parentPath, entry.name));
  if (files.length > MOST_MODEL_FILES) {
    throw new Refusal(`“${name}” holds ${files.length} files: name the folder of one model.`);
  }
  const paths = files.map((file) => path.relative(place, file).split(path.sep).join('/'));
  return { kind: 'folder', paths, files };
}

/** Files that `--out` gets, in the order in which they are named. */
const OUTPUTS = {
  tune: ['report.json', 'predictions.csv', 'hone-export.zip'],
  compare: ['report.json', 'predictions.csv', 'report.html'],
};

/**
 * @param {CommandName} name
 * @param {import('../src/headless/options').Arguments} args
 * @param {Command} command
 */
async function prepare(name, args, command) {
  const token = randomUUID();
  const at = (/** @type {string} */ name) => `/${token}/${name}`;
  const addresses = {
    data: at('data'),
    testFile: at('test'),
    model: at('model'),
    predictions: at('predictions.csv'),
    bundle: at('hone-export.zip'),
    page: at('report.html'),
  };
  const model = await modelAt(args.run.model);
  const files = {
    config: await textOf(args.run.config),
    descriptions: await textOf(args.run.descriptions),
    model: model && { kind: model.kind, paths: model.paths },
  };
  const request =
    name === 'tune'
      ? command.tuneRequest(args, files, addresses)
      : command.compareRequest(args, files, addresses, process.env.HONE_API_KEY ?? null);
  /** @type {Map<string, import('./server.mjs').Route>} */
  const routes = new Map();
  if (args.data !== null && !command.isSample(args.data))
    routes.set(addresses.data, give(await fileAt(args.data)));
  if (args.run.eval !== undefined) routes.set(addresses.testFile, give(await fileAt(args.run.eval)));
  for (const [i, file] of (model?.files ?? []).entries()) routes.set(`${addresses.model}/${i}`, give(file));
  const out = args.run.out === undefined ? null : path.resolve(here, args.run.out);
  if (out) {
    await mkdir(out, { recursive: true });
    routes.set(addresses.predictions, take(path.join(out, 'predictions.csv')));
    routes.set(addresses.bundle, take(path.join(out, 'hone-export.zip')));
    routes.set(addresses.page, take(path.join(out, 'report.html')));
  }
  return { request, routes, out };
}

/**
 * @param {string} file
 * @returns {import('./server.mjs').Route}
 */
function give(file) {
  return (_request, response) => pipeline(createReadStream(file), response);
}

/**
 * @param {string} file
 * @returns {import('./server.mjs').Route}
 */
function take(file) {
  return async (request, response) => {
    await pipeline(request, createWriteStream(file));
    response.writeHead(204).end();
  };
}

/**
 * @param {HeadlessRequest} request
 * @param {string} url
 * @param {(event: import('../src/headless/events').TuneEvent) => void} onEvent
 * @returns {Promise<TuneOutcome>}
 */
async function runInBrowser(request, url, onEvent) {
  const { chromium } = await import('@playwright/test');
  // A profile on disk: a private window would keep weights and checkpoints in memory and allow few of them.
  const profile = await mkdtemp(path.join(tmpdir(), 'hone-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: await ensureBrowser(quiet),
    args: browserFlags({ webgpu: WEBGPU_FLAGS[request.backend] }),
    handleSIGINT: false,
    handleSIGTERM: false,
  });
  try {
    const page = context.pages()[0] ?? (await context.newPage());
    /** @type {Promise<never>} */
    const lost = new Promise((_, reject) => {
      page.on('crash', () => reject(new Error('The browser ran out of memory or crashed.')));
      page.on('pageerror', (error) => reject(error));
      context.on('close', () => reject(new Error('The browser was closed.')));
    });
    lost.catch(() => undefined);
    await page.exposeFunction('honeEvent', onEvent);
    await page.goto(`${url}/headless`);
    await page.waitForFunction(() => window.honeHeadless !== undefined);
    const interrupt = () => {
      console.error('Cancelling …');
      process.once('SIGINT', () => process.exit(EXIT.cancelled));
      page.evaluate(() => window.honeHeadless?.cancel()).catch(() => undefined);
    };
    process.once('SIGINT', interrupt);
    process.once('SIGTERM', interrupt);
    const outcome = page.evaluate((wanted) => window.honeHeadless?.run(wanted), request);
    const result = await Promise.race([outcome, lost]);
    if (!result) throw new Error('The page could not run this.');
    return result;
  } finally {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  }
}

/**
 * @param {CommandName} name
 * @param {object} report
 * @param {string | null} out
 */
async function print(name, report, out) {
  const names = out ? OUTPUTS[name] : [];
  const exports = names.map((name) => path.join(out ?? '', name));
  const text = `${JSON.stringify({ ...report, exports }, null, 2)}\n`;
  if (out) await writeFile(path.join(out, 'report.json'), text);
  await new Promise((resolve) => process.stdout.write(text, resolve));
}

/**
 * @param {CommandName} name
 * @returns {Promise<number>} the exit code
 */
async function main(name) {
  const command = await loadCommand();
  try {
    const args = command.parseArguments(process.argv.slice(2), name);
    if (args.run.help !== undefined) {
      console.log(command.helpText(name));
      return EXIT.finished;
    }
    const { request, routes, out } = await prepare(name, args, command);
    await ensureBuilt(quiet);
    const server = await serve({ root: 'dist', routes });
    const onEvent = command.createProgress(
      (line) => console.error(line),
      () => performance.now(),
    );
    try {
      const outcome = await runInBrowser(request, server.url, onEvent);
      if (outcome.status === 'finished') await print(name, outcome.report, out);
      else if (outcome.status === 'cancelled') console.error('Cancelled.');
      else console.error([outcome.error.message, outcome.error.hint].filter(Boolean).join('\n'));
      return EXIT[outcome.status];
    } finally {
      await server.close();
    }
  } catch (error) {
    if (error instanceof command.EngineError || error instanceof Refusal) {
      console.error([error.message, 'hint' in error ? error.hint : ''].filter(Boolean).join('\n'));
      return EXIT.refused;
    }
    throw error;
  }
}

/** @param {CommandName} name */
export async function runCommand(name) {
  try {
    process.exitCode = await main(name);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = EXIT.failed;
  }
}
