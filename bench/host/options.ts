/** What of the bench runs, and how long it may take. */
import { parseArgs } from 'node:util';
import type { Times } from '../../src/engine/bench/timing';
import type { EngineName, Place } from '../jobs';

const PARTS = ['r1', 'r2', 'matmul', 'counters', 'inference'] as const;
export type Part = (typeof PARTS)[number];
const PLACES = ['wasm', 'webgpu', 'torch'] as const;
const ENGINES = ['hone', 'stock', 'jax', 'ort'] as const;

export const USAGE = `npm run bench -- [--quick] [--only NAMES] [--out FILE]
  --quick      under three minutes: fewer rounds and products, and the slow engines once
  --only       comma-separated parts (${PARTS.join(', ')}), places (${PLACES.join(', ')})
               and engines (${ENGINES.join(', ')}); what is not named of a kind stays whole
  --out        where the JSON goes (bench/results.json)
$PYTHON names the Python with torch (and onnx); else /opt/venv and python3 are tried.`;

export interface BenchOptions {
  quick: boolean;
  only: string[];
  out: string;
  wants(part: Part): boolean;
  wantsEngine(engine: EngineName, place: Place): boolean;
  wantsTorch: boolean;
  /** How often each engine gets a fresh page, for R1 and for the rest. */
  rounds: number;
  otherRounds: number;
  /** No further round of an engine that took this long. */
  patienceMs: number;
  /** Warm-up is each engine's own at least. */
  timesFor(engine: EngineName | 'torch'): Times;
}

/** null when only the usage was asked for. @throws on a name that there is not */
export function readOptions(args: string[]): BenchOptions | null {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      out: { type: 'string', default: 'bench/results.json' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return null;
  const only = values.only.split(',').filter((name) => name !== '');
  const known: readonly string[] = [...PARTS, ...PLACES, ...ENGINES];
  const unknown = only.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`There is no “${unknown}” in the bench.\n${USAGE}`);
  const selects = (names: readonly string[]) => {
    const chosen = only.filter((name) => names.includes(name));
    return (name: string): boolean => chosen.length === 0 || chosen.includes(name);
  };
  const [part, place, engine] = [selects(PARTS), selects(PLACES), selects(ENGINES)];
  return {
    quick: values.quick,
    only,
    out: values.out,
    wants: part,
    wantsEngine: (name, where) => engine(name) && place(where),
    wantsTorch: place('torch') && (only.includes('torch') || engine('torch')),
    rounds: values.quick ? 3 : 5,
    otherRounds: values.quick ? 2 : 5,
    patienceMs: values.quick ? 4_000 : Number.POSITIVE_INFINITY,
    timesFor: (name) => ({
      // Hone's first step settles, its second is recorded on WebGPU, and those after it are what a run is made of.
      leastWarmup: name === 'hone' ? 2 : 1,
      ...(values.quick ? { warmup: 2, steps: 3, enoughMs: 1_000 } : { warmup: 3, steps: 5, enoughMs: 3_000 }),
    }),
  };
}
