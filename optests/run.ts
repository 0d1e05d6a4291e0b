/** Runs the op tests on one back end in a process of their own, and outlives what hangs or crashes it. */
import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import { build } from 'vite';
import type { EngineName, Order, Place, Told } from './messages';

const FOLDER = '.cache/optests';
/** Longer than a spec's own timeout: only work that never gives the thread back takes this long. */
const PATIENCE_MS = 90_000;

/** What came of each spec, by name: null when it passed, else why not. */
export type Outcomes = Map<string, string | null>;

/** @returns the path of the bundled program */
export async function bundle(): Promise<string> {
  await build({
    configFile: 'vite.config.ts',
    logLevel: 'error',
    publicDir: false,
    ssr: { noExternal: true, external: ['jasmine-core', 'webgpu', '@playwright/test'] },
    build: {
      ssr: 'optests/program.ts',
      outDir: FOLDER,
      emptyOutDir: true,
      minify: false,
      rolldownOptions: {
        // tfjs-core declares its tests free of side effects.
        treeshake: false,
        // Emscripten's modules ask Node for `require` and `__dirname`.
        output: { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: '[name].cjs' },
      },
    },
  });
  return path.join(FOLDER, 'program.cjs');
}

export async function runSpecs(
  program: string,
  place: Place,
  engine: EngineName,
  choice: Pick<Order, 'suites' | 'names'>,
): Promise<Outcomes> {
  const outcomes: Outcomes = new Map();
  for (;;) {
    const before = outcomes.size;
    const order: Order = { ...choice, known: [...outcomes.keys()] };
    const end = await runProgram(fork(program, [place, engine], { stdio: STDIO }), order, outcomes);
    if (end === null) return outcomes;
    if (outcomes.size === before) throw new Error(`The op tests do not run on ${engine} ${place}: ${end}`);
  }
}

const STDIO: ['ignore', 'ignore', 'pipe', 'ipc'] = ['ignore', 'ignore', 'pipe', 'ipc'];

/** @returns null when it reached its end, else what ended it, which the spec under way then failed by */
function runProgram(child: ChildProcess, order: Order, outcomes: Outcomes): Promise<string | null> {
  return new Promise((resolve) => {
    let running: string | null = null;
    let finished = false;
    let hung = false;
    let errors = '';
    let timer: NodeJS.Timeout;
    const wait = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        hung = true;
        child.kill('SIGKILL');
      }, PATIENCE_MS);
    };
    wait();
    child.stderr?.on('data', (text) => {
      errors = (errors + text).slice(-2000);
    });
    child.on('message', (message) => {
      const told = message as Told;
      wait();
      if (told.kind === 'ready') child.send(order);
      else if (told.kind === 'started') running = told.name;
      else if (told.kind === 'ended') {
        outcomes.set(told.name, told.passed ? null : told.why);
        running = null;
      } else finished = true;
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (finished) return resolve(null);
      const end = hung
        ? `hung for ${PATIENCE_MS / 1000} s`
        : `ended the process (${signal ?? code}): ${errors}`;
      if (running !== null) outcomes.set(running, end);
      resolve(end);
    });
  });
}
