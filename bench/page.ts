/** The page that `npm run bench` opens anew for every measurement: one worker, one engine, as in the studio. */
import type { BenchPage, EngineName, Job, Opening, WorkerAnswer, WorkerCall } from './jobs';

const WORKERS: Record<EngineName, () => Worker> = {
  hone: () => new Worker(new URL('./engines/hone.ts', import.meta.url), { type: 'module' }),
  stock: () => new Worker(new URL('./engines/stock.ts', import.meta.url), { type: 'module' }),
  jax: () => new Worker(new URL('./engines/jax.ts', import.meta.url), { type: 'module' }),
  ort: () => new Worker(new URL('./engines/ort.ts', import.meta.url), { type: 'module' }),
};

let worker: Worker | null = null;
let nextId = 1;

type Asked = { open: Opening } | { job: Job };

function ask(call: Asked): Promise<unknown> {
  const to = worker;
  if (!to) throw new Error('The page was not opened.');
  const id = nextId++;
  return new Promise((resolve, reject) => {
    const receive = ({ data }: MessageEvent<WorkerAnswer>): void => {
      if (data.id !== id) return;
      to.removeEventListener('message', receive);
      if ('error' in data) reject(new Error(data.error));
      else resolve(data.result);
    };
    to.addEventListener('message', receive);
    to.addEventListener('error', (event) => reject(new Error(event.message || 'The worker did not start.')));
    const message: WorkerCall = { id, ...call };
    to.postMessage(message);
  });
}

const page: BenchPage = {
  async open(opening) {
    worker = WORKERS[opening.engine]();
    await ask({ open: opening });
  },
  run: (job) => ask({ job }),
};
window.honeBench = page;
