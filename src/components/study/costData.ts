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
    axis: 'training time (s)',
    value: (arm) => arm.train_s,
    text: trainTime,
  },
  {
    id: 'parameters',
    label: 'Weights trained',
    axis: 'weights trained',
    value: (arm) => arm.trainable_parameters,
    text: magnitude,
  },
  {
    id: 'latency',
    label: 'Time of one row',
    axis: 'one row on its own (ms)',
    value: (arm) => arm.latency_ms,
    text: (ms) => `${figure(ms)} ms`,
  },
  {
    id: 'cost',
    label: 'Cost of 1,000 rows',
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

/** Ways that no other beats in both: better and at most as dear, or as good and cheaper. */
export function worthTaking(points: readonly CostPoint[]): CostPoint[] {
  const beaten = (point: CostPoint): boolean =>
    points.some(
      (other) =>
        (other.accuracy > point.accuracy && other.cost <= point.cost) ||
        (other.accuracy === point.accuracy && other.cost < point.cost),
    );
  return points.filter((point) => !beaten(point));
}

/** From the cheapest on, each dearer way that the test rows tell from the one before. */
function stepsUp(worth: readonly CostPoint[]): CostPoint[] {
  const steps: CostPoint[] = [];
  for (const point of worth) {
    if (!steps.at(-1)?.ties.includes(point.key)) steps.push(point);
  }
  return steps;
}

/** The chart's finding. */
export function costFinding(points: readonly CostPoint[], cost: Cost): string {
  const worth = worthTaking(points).sort((a, b) => a.cost - b.cost);
  const [cheapest] = worth;
  if (!cheapest) return 'Quality against what it costs';
  const what = cost.label.toLowerCase();
  if (worth.length === 1) return `${cheapest.name} is right most often and asks the least ${what}`;
  const steps = stepsUp(worth).map(({ name, accuracy }) => `${name} (${percent(accuracy)})`);
  if (steps.length === 1)
    return `Nothing that asks more ${what} is told apart from ${cheapest.name} (${percent(cheapest.accuracy)}) on these rows`;
  return steps.length <= 4
    ? `More ${what} buys: ${listed(steps)}`
    : `More ${what} buys more in ${steps.length} steps, from ${steps[0]} to ${steps.at(-1)}`;
}
