/** Which op tests run where. */
import { parseArgs } from 'node:util';
import { PLACES, type Place } from './messages';
import { operationsInUse } from './operationsInUse';

export const USAGE = `npm run optests -- [--all] [--only PLACES] [--suites NAMES]
  --all        on WebGPU every suite too, not those of the operations alone that the engine calls: minutes in software
  --only       comma-separated places (${PLACES.join(', ')})
  --suites     comma-separated suites instead of the above, by their first word: matmul,sum`;

export interface Options {
  places: readonly Place[];
  /** First words of suites; null for all. */
  suitesOf(place: Place): readonly string[] | null;
}

const listed = (value: string): string[] => value.split(',').filter((name) => name !== '');

/** null when only the usage was asked for. @throws on a place that there is not */
export function readOptions(args: string[]): Options | null {
  const { values } = parseArgs({
    args,
    options: {
      all: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      suites: { type: 'string', default: '' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return null;
  const only = listed(values.only);
  const unknown = only.find((name) => !PLACES.some((place) => place === name));
  if (unknown !== undefined) throw new Error(`The op tests know no place “${unknown}”.\n${USAGE}`);
  const suites = listed(values.suites);
  return {
    places: PLACES.filter((place) => only.length === 0 || only.includes(place)),
    suitesOf(place) {
      if (suites.length > 0) return suites;
      return values.all || place === 'wasm' ? null : operationsInUse();
    },
  };
}
