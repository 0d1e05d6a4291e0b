/** Quality against what it costs: which cost, and each way's point. Pure. */
import { type ArmReport, costPerThousand, ranked } from '../../engine/core/study';
import { figure, magnitude, percent } from '../common/format';
import type { Mark } from '../compare/IntervalBar';
import { markOf } from './marks';
import { listed, money, type Names, tiedWith, trainTime } from './studyText';

export type CostId = 'train' | 'parameters' | 'latency' | 'cost';

export interface Cost {
  id: CostId;
  /** In the menu. */
  label: string;
  /** In a sentence: 'More … buys'. */
  what: string;
  /** On the axis, with its unit. */
  axis: string;
  /** Null where it was not measured. */
  value: (arm: ArmReport, price: number) => number | null;
  text: (value: number) => string;
}

export const COSTS: readonly Cost[] = [
  {
    id: 'train',
    label: 'Training time',
    what: 'training time',
    axis: 'training time (s)',
    value: (arm) => arm.train_s,
    text: trainTime,
  },
  {
    id: 'parameters',
    label: 'Weights trained',
    what: 'trained weights',
    axis: 'weights trained',
    value: (arm) => arm.trainable_parameters,
    text: magnitude,
  },
  {
    id: 'latency',
    label: 'Time of one row',
    what: 'time for each row',
    axis: 'one row on its own (ms)',
    value: (arm) => arm.latency_ms,
    text: (ms) => `${figure(ms)} ms`,
  },
  {
    id: 'cost',
    label: 'Cost of 1,000 rows',
    what: 'cost for each row',
    axis: 'cost of 1,000 rows',
    value: costPerThousand,
    text: money,
  },
];

export interface CostPoint {
  key: string;
  name: string;
  mark: Mark;
  cost: number;
  accuracy: number;
  interval: readonly [number, number];
  /** Keys of the ways that the test rows do not tell from it. */
  ties: readonly string[];
}

export function costPoints(arms: readonly ArmReport[], names: Names, cost: Cost, price: number): CostPoint[] {
  return ranked(arms).flatMap((arm) => {
    const value = cost.value(arm, price);
    if (value === null) return [];
    return [
      {
        key: arm.id,
        name: names[arm.id] ?? arm.label,
        mark: markOf(arm.arm),
        cost: value,
        accuracy: arm.accuracy,
        interval: arm.ci95.accuracy,
        ties: tiedWith(arm, arms),
      },
    ];
  });
}

/** From the cheapest on, each way that is right more often than the last one taken and told apart from it. */
export function worthTaking(points: readonly CostPoint[]): CostPoint[] {
  const taken: CostPoint[] = [];
  for (const point of [...points].sort((a, b) => a.cost - b.cost || b.accuracy - a.accuracy)) {
    const last = taken.at(-1);
    const better = !last || (point.accuracy > last.accuracy && !last.ties.includes(point.key));
    if (better) taken.push(point);
  }
  return taken;
}

/** The chart's finding: what a higher cost buys as far as the rows tell. */
export function costFinding(points: readonly CostPoint[], cost: Cost): string {
  const worth = worthTaking(points);
  const [cheapest] = worth;
  if (!cheapest) return 'Quality against what it costs';
  const what = cost.what;
  if (worth.length === 1) return `More ${what} buys nothing for certain over ${cheapest.name}`;
  const steps = worth.map(({ name, accuracy }) => `${name} (${percent(accuracy)})`);
  return worth.length <= 3
    ? `More ${what} buys more: ${listed(steps)}`
    : `More ${what} buys more in ${worth.length - 1} steps, from ${steps[0]} to ${steps.at(-1)}`;
}
