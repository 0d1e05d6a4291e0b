/** Measures this machine in a worker of its own: the studio's keeps its back end, and Cancel ends it at once. */
import type { BenchEvent } from '../../engine/core/benchmark';
import { createEngineClient } from '../../workers/client';
import { abortArea, attempt } from '../activity';
import { benchStore, clearBench } from '../bench';

const client = createEngineClient();

function take(event: BenchEvent): void {
  const { places, rows } = benchStore.getState();
  if (event.type === 'place') benchStore.setState({ places: [...places, event] });
  if (event.type === 'row') benchStore.setState({ rows: [...rows, event.row] });
}

export async function measureMachine(): Promise<void> {
  clearBench();
  const finished = await attempt('bench', 'Starting', async ({ signal, onEvent }) => {
    await client.call('bench.run', null, {
      signal,
      onEvent: (event) => {
        if (event.type === 'progress') onEvent(event);
        else take(event);
      },
    });
    return new Date().toISOString();
  });
  if (finished === null) return;
  benchStore.setState({ finishedAt: finished });
  client.restart('The measurement is over.');
}

/** A step on a slow machine takes seconds, and no message is read during one. */
export function cancelMeasurement(): void {
  abortArea('bench');
  client.restart('The measurement was cancelled.');
}
