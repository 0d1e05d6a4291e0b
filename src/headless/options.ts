/** The command line's options: those of a command, and one for every setting that the specs describe. */
import { ARMS, OWN_ARM_SPECS } from '../engine/arms/specs';
import { METHODS } from '../engine/catalog';
import { EngineError } from '../engine/core/errors';
import type { Field, Settings, SettingValue } from '../engine/core/fields';
import { TRAINING_FIELDS } from '../engine/training/spec';

export type CommandName = 'tune' | 'compare';

export interface RunOption {
  /** What follows the name; absent for a switch. */
  value?: string;
  help: string;
  /** The one command that knows it; absent = both. */
  only?: CommandName;
}

/** In the order of `--help`. */
export const RUN_OPTIONS = {
  text: { value: 'COL', help: 'Column with the text; guessed when left out.' },
  label: { value: 'COL', help: 'Column with the label; guessed when left out.' },
  eval: { value: 'FILE', help: 'An official test file with the same columns.' },
  test: { value: 'FRACTION', help: 'Share of the rows for the test (0.2), when there is no --eval.' },
  validation: { value: 'FRACTION', help: 'Share of the rows for validation (0.15).' },
  limit: { value: 'N', help: 'Use a seeded sample of N rows.' },
  'per-class': {
    value: 'N',
    help: 'At most N rows of each class to train and validate on; the test stays whole.',
  },
  'split-seed': { value: 'N', help: 'Seed of split and sample alone; else --seed.' },
  'no-header': { help: 'The first row is data. Columns are then called “column 1”, “column 2” …' },
  descriptions: { value: 'FILE', help: 'JSON {label: description} for the comparison before tuning.' },
  task: { value: 'TASK', help: 'classify.' },
  model: {
    value: 'ID|DIR|URL',
    help: 'Model to tune: an id of the catalogue; or a folder or zip with config.json, tokenizer.json, tokenizer_config.json and model.safetensors, or the web address of one. The first of the catalogue when left out.',
  },
  method: {
    value: 'METHOD',
    help: `${METHODS.map(({ id }) => id).join(', ')} (${METHODS[0]?.id}).`,
    only: 'tune',
  },
  arms: {
    value: 'A,B',
    help: `Ways of answering, in the order in which they run (all that need no network): ${ARMS.map(({ id }) => id).join(', ')}.`,
    only: 'compare',
  },
  reference: {
    value: 'ARM',
    help: 'The arm that the others are compared with (zero-shot, else the first).',
    only: 'compare',
  },
  curve: {
    value: 'N,N',
    help: 'Also measure with so many training rows in all, for example 10,30,100,300.',
    only: 'compare',
  },
  'curve-arms': {
    value: 'A,B',
    help: 'The arms of that curve (few-shot, tfidf, head and lora, where they are among --arms).',
    only: 'compare',
  },
  draws: { value: 'N', help: 'Draws of each size of the curve (3).', only: 'compare' },
  price: { value: 'X', help: 'Price of a million prompt tokens (0.15).', only: 'compare' },
  changes: {
    value: 'OFTEN',
    help: 'How often the task changes: rarely, monthly or weekly.',
    only: 'compare',
  },
  'rows-per-day': { value: 'N', help: 'Rows to be answered in a day.', only: 'compare' },
  'stay-inside': { help: 'Rows must not leave the company.', only: 'compare' },
  'max-latency': { value: 'MS', help: 'The longest wait for one answer, in milliseconds.', only: 'compare' },
  backend: { value: 'BACKEND', help: 'auto, webgpu or wasm (auto).' },
  baselines: {
    help: 'Also measure the majority class and the head on frozen features (the default).',
    only: 'tune',
  },
  'no-baselines': { help: 'Do not.', only: 'tune' },
  config: {
    value: 'RUN.json',
    help: 'A saved run config or report; options beside it win.',
    only: 'tune',
  },
  name: { value: 'NAME', help: 'Name of the run or study.' },
  out: {
    value: 'DIR',
    help: 'Write the report, the predictions and what can be shared or exported there.',
  },
  help: { help: 'Print this and end.' },
} as const satisfies Record<string, RunOption>;
type RunOptionName = keyof typeof RUN_OPTIONS;

export interface SettingOption {
  field: Field;
  /** The method or arm it belongs to; null = training, for every method. */
  owner: string | null;
}

/** Settings by option name. Owners may share a name; what is chosen decides whose it is. */
export const SETTING_OPTIONS: readonly SettingOption[] = [
  ...TRAINING_FIELDS.map((field) => ({ field, owner: null })),
  ...[...METHODS, ...Object.values(OWN_ARM_SPECS)].flatMap(({ id, fields }) =>
    fields.map((field) => ({ field, owner: id })),
  ),
].filter(({ field }) => field.option !== undefined);

export interface Arguments {
  data: string | null;
  /** Options of the run; a switch has the value ''. */
  run: Partial<Record<RunOptionName, string>>;
  /** Settings by option name, not yet checked; 'true' and 'false' for switches. */
  settings: Readonly<Record<string, string>>;
}

/** @throws bad-option */
export function parseArguments(argv: readonly string[], command: CommandName = 'tune'): Arguments {
  const run: Arguments['run'] = {};
  const settings: Record<string, string> = {};
  const data: string[] = [];
  const queue = [...argv];
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (!word.startsWith('--')) {
      data.push(word);
      continue;
    }
    const [name = '', inline] = splitAtEquals(word.slice(2));
    const next = (): string => {
      const value = inline ?? queue.shift();
      if (value !== undefined && (inline !== undefined || !value.startsWith('--'))) return value;
      throw badOption(`--${name} needs a value.`);
    };
    if (isRunOption(name)) {
      const { only, value }: RunOption = RUN_OPTIONS[name];
      if (only !== undefined && only !== command) throw badOption(`--${name} belongs to npm run ${only}.`);
      run[name] = value === undefined ? '' : next();
    } else Object.assign(settings, readSetting(name, next));
  }
  if (data.length > 1) {
    throw badOption(`One data file at a time: ${data.map((each) => `“${each}”`).join(', ')} were given.`);
  }
  return { data: data[0] ?? null, run, settings };
}

function splitAtEquals(word: string): [string, string | undefined] {
  const at = word.indexOf('=');
  return at === -1 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}

function isRunOption(name: string): name is RunOptionName {
  return Object.hasOwn(RUN_OPTIONS, name);
}

function settingOption(name: string): SettingOption | undefined {
  return SETTING_OPTIONS.find(({ field }) => field.option === name);
}

function readSetting(name: string, next: () => string): Record<string, string> {
  const positive = name.replace(/^no-/, '');
  const isSwitch = settingOption(positive)?.field.kind === 'switch';
  if (isSwitch) return { [positive]: String(positive === name) };
  if (settingOption(name)) return { [name]: next() };
  const near = nearest(name, [
    ...Object.keys(RUN_OPTIONS),
    ...SETTING_OPTIONS.map(({ field }) => field.option ?? ''),
  ]);
  throw badOption(`There is no option --${name}.${near ? ` Did you mean --${near}?` : ''}`);
}

/** The settings given for this method, as values. @throws bad-option */
export function settingsFor(
  method: string,
  given: Readonly<Record<string, string>>,
): { method: Settings; training: Settings } {
  const values: { method: Record<string, SettingValue>; training: Record<string, SettingValue> } = {
    method: {},
    training: {},
  };
  for (const [name, text] of Object.entries(given)) {
    const named = SETTING_OPTIONS.filter(({ field }) => field.option === name);
    const option = named.find((each) => each.owner === null || each.owner === method);
    if (!option) {
      const owners = named.map((each) => each.owner).join(' and ');
      throw badOption(`--${name} belongs to ${owners}; this run uses ${method}.`);
    }
    const group = option.owner === null ? values.training : values.method;
    group[option.field.key] = settingValue(option.field, name, text);
  }
  return values;
}

/** @throws bad-option */
export function settingValue(field: Field, name: string, text: string): SettingValue {
  switch (field.kind) {
    case 'number':
      return readNumber(name, text, field);
    case 'layers':
      return readNumber(name, text, { min: 1, max: 200, integer: true });
    case 'switch':
      return text === 'true';
    case 'text':
      return readText(name, text, field.maxLength);
    case 'choice':
      return oneOf(
        name,
        text,
        field.options.map(({ value }) => value),
      );
    case 'many':
      return text.split(',').map((each) =>
        oneOf(
          name,
          each.trim(),
          field.options.map(({ value }) => value),
        ),
      );
    default:
      return field satisfies never;
  }
}

/** @throws bad-option */
export function readNumber(
  name: string,
  text: string,
  { min, max, integer }: { min: number; max: number; integer: boolean },
): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value >= min && value <= max && (!integer || Number.isInteger(value))) return value;
  const kind = integer ? 'a whole number' : 'a number';
  throw badOption(`--${name} must be ${kind} from ${min} to ${max}, not “${text}”.`);
}

function readText(name: string, text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  throw badOption(`--${name} holds at most ${maxLength} characters, not ${text.length}.`);
}

/** @throws bad-option */
export function oneOf<T extends string>(name: string, text: string, values: readonly T[]): T {
  const found = values.find((value) => value === text);
  if (found !== undefined) return found;
  const near = nearest(text, values);
  const hint = near ? ` Did you mean “${near}”?` : '';
  throw badOption(`--${name} must be one of ${values.join(', ')}, not “${text}”.${hint}`);
}

export function badOption(message: string): EngineError {
  return new EngineError({
    code: 'bad-option',
    message,
    hint: '--help lists every option.',
  });
}

/** The word with the fewest edits, if it is near enough to be a slip of the hand. */
function nearest(word: string, words: readonly string[]): string | null {
  const [best] = words
    .map((each) => ({ each, edits: editDistance(word, each) }))
    .sort((a, b) => a.edits - b.edits);
  return best && best.edits <= Math.max(2, word.length / 3) ? best.each : null;
}

/** Levenshtein's distance, one row of its table at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const above = row;
    row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(replaced, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
  }
  return row[b.length] ?? 0;
}
