/** The op tests from options to exit code: on each place once with the stock back end and once with Hone's. */
import { type Comparison, compare } from './compare';
import type { Place } from './messages';
import { readOptions, USAGE } from './options';
import { bundle, type Outcomes, runSpecs } from './run';

const FURTHER_TRIES = 3;

/** A result's first line says what differed; the rest is a stack. */
const firstLine = (text: string): string => text.split('\n')[0] ?? '';

function describe(place: Place, seconds: number, found: Comparison): string {
  const { ran, stockPassed, honePassed, worse, better } = found;
  return [
    `${place}: ${ran} specs, stock passes ${stockPassed}, Hone ${honePassed}, in ${seconds.toFixed(0)} s`,
    `  pass with stock and fail with Hone: ${worse.length || 'none'}`,
    ...worse.map(({ name, why }) => `    ${name}\n      ${firstLine(why)}`),
    `  pass with Hone alone: ${better.length || 'none'}`,
    ...better.map((name) => `    ${name}`),
  ].join('\n');
}

/**
 * Some specs are decided by chance: they draw random numbers, or time work by a coarse clock. What passes at a further
 * try has passed, and is named.
 * @returns the names of those
 */
async function tryAgain(program: string, place: Place, stock: Outcomes, hone: Outcomes): Promise<string[]> {
  const chancy: string[] = [];
  for (let again = 0; again < FURTHER_TRIES; again++) {
    const names = compare(stock, hone).worse.map(({ name }) => name);
    if (names.length === 0) break;
    for (const [name, why] of await runSpecs(program, place, 'hone', { suites: null, names })) {
      if (why !== null) continue;
      hone.set(name, null);
      chancy.push(name);
    }
  }
  return chancy;
}

/** @returns the exit code */
export async function main(args: string[]): Promise<number> {
  const options = readOptions(args);
  if (!options) {
    console.log(USAGE);
    return 0;
  }
  const program = await bundle();
  let regressed = false;
  for (const place of options.places) {
    const started = performance.now();
    const choice = { suites: options.suitesOf(place), names: null };
    const [stock, hone] = await Promise.all([
      runSpecs(program, place, 'stock', choice),
      runSpecs(program, place, 'hone', choice),
    ]);
    const chancy = await tryAgain(program, place, stock, hone);
    const found = compare(stock, hone);
    // Nothing passed: nothing was compared.
    regressed ||= found.worse.length > 0 || found.stockPassed === 0;
    console.log(describe(place, (performance.now() - started) / 1000, found));
    for (const name of chancy) console.log(`  passed at a further try: ${name}`);
  }
  return regressed ? 1 : 0;
}
