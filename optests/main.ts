/** The op tests from options to exit code: on each place once with the stock back end and once with Hone's. */
import { type Comparison, compare } from './compare';
import type { Place } from './messages';
import { readOptions, USAGE } from './options';
import { bundle, runSpecs } from './run';

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
    const suites = options.suitesOf(place);
    const [stock, hone] = await Promise.all([
      runSpecs(program, place, 'stock', suites),
      runSpecs(program, place, 'hone', suites),
    ]);
    const found = compare(stock, hone);
    // Nothing passed: nothing was compared.
    regressed ||= found.worse.length > 0 || found.stockPassed === 0;
    console.log(describe(place, (performance.now() - started) / 1000, found));
  }
  return regressed ? 1 : 0;
}
