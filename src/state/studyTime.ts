/** How long a study will still take, from what its arms took so far on this machine. Pure. */
import { armSpec } from '../engine/arms/specs';
import type { StudyConfig } from '../engine/core/study';
import { armState, type RunningStudy } from './studyReducer';

/** Arms of one pace take about as long as each other: those that train nothing, the head alone, the model. */
type Pace = 'none' | 'head' | 'model';

function paceOf(arm: string): Pace {
  const { trains } = armSpec(arm);
  if (!trains) return 'none';
  return trains.method === 'head' ? 'head' : 'model';
}

/** Seconds to the end, and whether some part of the rest could not be told. Null before anything can be. */
export interface TimeLeft {
  seconds: number;
  /** Some arms to come are unlike any that has been timed. */
  atLeast: boolean;
}

/** @param now seconds of the page's clock */
export function timeLeft({ config, progress, pausedAt }: RunningStudy, now: number): TimeLeft | null {
  const { current, report } = progress;
  const timed = new Map<Pace, number[]>();
  const note = (arm: string, seconds: number): void => {
    const pace = paceOf(arm);
    timed.set(pace, [...(timed.get(pace) ?? []), seconds]);
  };
  const armOf = new Map(config.arms.map(({ key, arm }) => [key, arm]));
  for (const [key, seconds] of Object.entries(progress.took)) note(armOf.get(key) ?? key, seconds);
  let left = 0;
  let atLeast = false;
  const elapsed = current ? (pausedAt ?? now) - current.startedAt : 0;
  if (current?.latest) {
    left += current.latest.secondsLeft;
    note(armOf.get(current.key) ?? current.key, elapsed + current.latest.secondsLeft);
  }
  const usual = (arm: string): number | null => {
    const found = timed.get(paceOf(arm));
    return found ? found.reduce((sum, seconds) => sum + seconds, 0) / found.length : null;
  };
  const add = (seconds: number | null): void => {
    if (seconds === null) atLeast = true;
    else left += seconds;
  };
  if (current && !current.latest) {
    const seconds = usual(armOf.get(current.key) ?? current.key);
    add(seconds === null ? null : Math.max(0, seconds - elapsed));
  }
  for (const { key, arm } of config.arms) {
    if (armState(progress, key) === 'waiting') add(usual(arm));
  }
  const train = report?.data.splits.train ?? null;
  for (const { arm, rows } of pointsLeft(config, train, progress.curve?.done ?? 0)) {
    const seconds = usual(armOf.get(arm) ?? arm);
    add(seconds === null || train === null ? null : (seconds * rows) / train);
  }
  return timed.size === 0 ? null : { seconds: left, atLeast };
}

/** Draws of the learning curve still to come, in the engine's order. @param train training rows; null = unknown */
function pointsLeft({ curve }: StudyConfig, train: number | null, done: number) {
  if (!curve) return [];
  const all = train ?? Number.POSITIVE_INFINITY;
  const sizes = [...new Set(curve.sizes.filter((rows) => rows < all))].sort((a, b) => a - b);
  const draws = Array.from({ length: curve.draws });
  return sizes.flatMap((rows) => draws.flatMap(() => curve.arms.map((arm) => ({ arm, rows })))).slice(done);
}
