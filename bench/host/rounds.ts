/** Alternates between engines, each time in a fresh page, so that a slow spell of the machine hits all alike. */

export type Outcome<T> = { rounds: T[] } | { error: string };

/** No ratio rests on what takes so long a round; on a software adapter five of them would take most of an hour. */
export const SLOW_ROUND_MS = 45_000;

/**
 * Every round of every entry, in turns. An entry that fails is not asked again; one that needs too long is not
 * asked another time.
 */
export async function inTurns<E, T>(
  entries: readonly E[],
  { rounds, patienceMs }: { rounds: number; patienceMs: number },
  measure: (entry: E) => Promise<T>,
): Promise<Map<E, Outcome<T>>> {
  const outcomes = new Map<E, Outcome<T>>();
  const done = new Set<E>();
  for (let round = 0; round < rounds; round++) {
    for (const entry of entries) {
      if (done.has(entry)) continue;
      const started = performance.now();
      try {
        const result = await measure(entry);
        const before = outcomes.get(entry);
        outcomes.set(entry, { rounds: [...(before && 'rounds' in before ? before.rounds : []), result] });
      } catch (error) {
        outcomes.set(entry, { error: error instanceof Error ? error.message : String(error) });
        done.add(entry);
      }
      if (performance.now() - started > patienceMs) done.add(entry);
    }
  }
  return outcomes;
}
