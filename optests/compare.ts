/** What two runs of the op tests say of each other, spec by spec. */
import type { Outcomes } from './run';

export interface Failure {
  name: string;
  why: string;
}

export interface Comparison {
  /** Specs that either ran. */
  ran: number;
  stockPassed: number;
  honePassed: number;
  /** Specs that pass with stock and not with Hone; one that Hone does not even run is such. */
  worse: Failure[];
  /** Names of specs that pass with Hone alone. */
  better: string[];
}

const passes = (outcomes: Outcomes, name: string): boolean => outcomes.get(name) === null;

export function compare(stock: Outcomes, hone: Outcomes): Comparison {
  const names = [...new Set([...stock.keys(), ...hone.keys()])];
  const stockPassed = names.filter((name) => passes(stock, name));
  const honePassed = names.filter((name) => passes(hone, name));
  return {
    ran: names.length,
    stockPassed: stockPassed.length,
    honePassed: honePassed.length,
    worse: stockPassed
      .filter((name) => !passes(hone, name))
      .map((name) => ({ name, why: hone.get(name) ?? 'it did not run' })),
    better: honePassed.filter((name) => !passes(stock, name)),
  };
}
