/** A worker's door: opens its engine and answers jobs with results or the reason why not. */
import type { Engine, Opening, WorkerAnswer, WorkerCall } from './jobs';

/** An engine's threads come up while it does nothing; a run has seconds for it before its first step. */
const THREADS_START_MS = 300;

export function serveJobs(open: (opening: Opening) => Promise<Engine>): void {
  let engine: Engine = {};
  const answer = async (call: WorkerCall): Promise<unknown> => {
    if ('open' in call) {
      engine = await open(call.open);
      await new Promise((resolve) => setTimeout(resolve, THREADS_START_MS));
      return null;
    }
    const run = engine[call.job.name] as ((params: unknown) => Promise<unknown>) | undefined;
    if (!run) throw new Error(`This engine has no ${call.job.name}.`);
    return run(call.job.params);
  };
  self.onmessage = ({ data }: MessageEvent<WorkerCall>) => {
    const reply = (message: WorkerAnswer): void => (self as unknown as Worker).postMessage(message);
    answer(data)
      .then((result) => reply({ id: data.id, result }))
      .catch((error: unknown) =>
        reply({
          id: data.id,
          error: error instanceof Error ? (error.stack ?? error.message) : String(error),
        }),
      );
  };
}
