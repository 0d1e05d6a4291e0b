/** From parsed options and the files they name to one request that the page can run. Pure. */
import { z } from 'zod';
import { ARMS, armSpec } from '../engine/arms/specs';
import { METHODS, validateSettings } from '../engine/catalog';
import {
  columnRolesSchema,
  type DataConfig,
  type RunConfig,
  runConfigSchema,
  type SplitSettings,
  splitSettingsSchema,
} from '../engine/core/config';
import { EngineError } from '../engine/core/errors';
import type { Settings } from '../engine/core/fields';
import { isAddress, modelAddress } from '../engine/core/modelAddress';
import type { StudyConfig } from '../engine/core/study';
import { TRAINING_FIELDS } from '../engine/training/spec';
import {
  type Arguments,
  badOption,
  oneOf,
  readNumber,
  SETTING_OPTIONS,
  settingsFor,
  settingValue,
} from './options';

/** What both commands read, but for the files' bytes, which the page fetches. */
export interface InputRequest {
  source: { kind: 'sample'; id: string } | { kind: 'file'; url: string; name: string };
  testFile: { url: string; name: string } | null;
  /** False reads the first row as data; null detects. */
  header: false | null;
  roles: { text: string | null; label: string | null };
  split: SplitSettings;
  limit: number | null;
  perClass: number | null;
  /** The data of a saved run: its reading options count when the file is the same. */
  saved: DataConfig | null;
  /** An id of the catalogue; null takes the first. */
  model: string | null;
  /** A web address to download the model from first; wins over `model`. */
  modelAddress: string | null;
  /** Files of a model to import first; wins over `model`. */
  modelFiles: { kind: 'folder' | 'zip'; name: string; files: { path: string; url: string }[] } | null;
  /** null takes a sample's own, else the labels' names. */
  descriptions: Record<string, string> | null;
  backend: RunConfig['backend'];
  name: string | null;
}

export interface TuneRequest extends InputRequest {
  kind: 'tune';
  method: RunConfig['method'];
  training: RunConfig['training'];
  baselines: boolean;
  /** Where finished files are put; null = they are not wanted. */
  outputs: { predictions: string; bundle: string } | null;
}

export interface CompareRequest
  extends InputRequest,
    Pick<StudyConfig, 'arms' | 'reference' | 'curve' | 'pricePerMillion' | 'situation' | 'training'> {
  kind: 'compare';
  outputs: { predictions: string; page: string } | null;
  /** Keys for arms that reach the network, by arm key. */
  secrets: Record<string, string>;
}

export type HeadlessRequest = TuneRequest | CompareRequest;

/** Contents of the files that options name; null where none is named. */
export interface NamedFiles {
  config: string | null;
  descriptions: string | null;
  /** Paths below the folder that --model names, or the zip's own name; null where it names an id. */
  model: { kind: 'folder' | 'zip'; paths: readonly string[] } | null;
}

/** Addresses at which the page finds and leaves files. */
export interface Addresses {
  data: string;
  testFile: string;
  /** The files of a model lie below it. */
  model: string;
  predictions: string;
  bundle: string;
  page: string;
}

const SAMPLE = 'sample:';

export function isSample(data: string): boolean {
  return data.startsWith(SAMPLE);
}

/** @throws bad-option, bad-setting, unknown-method, bad-config */
export function tuneRequest(
  { data, run, settings }: Arguments,
  files: NamedFiles,
  addresses: Addresses,
): TuneRequest {
  const saved = files.config === null ? null : readConfig(run.config ?? '', files.config);
  return {
    kind: 'tune',
    ...inputRequest({ data, run, settings }, files, addresses, saved),
    ...chooseMethod(run.method, settings, saved),
    baselines: readBaselines(run) ?? saved?.baselines ?? true,
    outputs: run.out === undefined ? null : { predictions: addresses.predictions, bundle: addresses.bundle },
  };
}

function inputRequest(
  { data, run, settings }: Arguments,
  files: NamedFiles,
  addresses: Addresses,
  saved: RunConfig | null,
): InputRequest {
  if (data === null) throw badOption('Say which data to use: npm run tune -- DATA [options].');
  if (run.task !== undefined) oneOf('task', run.task, ['classify']);
  if (saved?.data.testFile && run.eval === undefined) {
    throw badOption(
      `The saved run was tested on “${saved.data.testFile.name}”. Give that file with --eval FILE.`,
    );
  }
  return {
    source: isSample(data)
      ? { kind: 'sample', id: data.slice(SAMPLE.length) }
      : { kind: 'file', url: addresses.data, name: baseName(data) },
    testFile: run.eval === undefined ? null : { url: addresses.testFile, name: baseName(run.eval) },
    header: run['no-header'] === undefined ? null : false,
    roles: {
      text: run.text ?? saved?.data.roles.text ?? null,
      label: run.label ?? saved?.data.roles.label ?? null,
    },
    split: readSplit(run, settings.seed, saved?.data.split),
    limit:
      run.limit === undefined
        ? (saved?.data.limit ?? null)
        : readNumber('limit', run.limit, { min: 10, max: 1e9, integer: true }),
    perClass:
      run['per-class'] === undefined
        ? (saved?.data.perClass ?? null)
        : readNumber('per-class', run['per-class'], { min: 2, max: 1e9, integer: true }),
    saved: saved?.data ?? null,
    ...readModel(run.model, files.model, addresses, saved?.model.id ?? null),
    descriptions:
      files.descriptions === null
        ? (saved?.descriptions ?? null)
        : readDescriptions(run.descriptions ?? '', files.descriptions),
    backend: run.backend
      ? oneOf('backend', run.backend, ['auto', 'webgpu', 'wasm'])
      : (saved?.backend ?? 'auto'),
    name: run.name ?? null,
  };
}

/** @throws bad-address */
function readModel(
  named: string | undefined,
  found: NamedFiles['model'],
  addresses: Addresses,
  saved: string | null,
): Pick<InputRequest, 'model' | 'modelAddress' | 'modelFiles'> {
  const none = { model: null, modelAddress: null, modelFiles: null };
  if (named === undefined) return { ...none, model: saved };
  if (found) {
    const files = found.paths.map((path, i) => ({ path, url: `${addresses.model}/${i}` }));
    return { ...none, modelFiles: { kind: found.kind, name: baseName(named.replace(/[\\/]+$/, '')), files } };
  }
  return isAddress(named) ? { ...none, modelAddress: modelAddress(named) } : { ...none, model: named };
}

/** Drawn against the number of rows unless said otherwise: one floor, one prompt, one head, one tuned model. */
const CURVE_ARMS = ['few-shot', 'tfidf', 'head', 'lora'];

/** @throws bad-option, bad-setting, unknown-arm */
export function compareRequest(
  args: Arguments,
  files: NamedFiles,
  addresses: Addresses,
  secret: string | null,
): CompareRequest {
  const { run, settings } = args;
  const ids = ARMS.map(({ id }) => id);
  const wanted =
    run.arms === undefined
      ? ARMS.filter(({ reach }) => reach === 'tab').map(({ id }) => id)
      : names(run.arms).map((id) => oneOf('arms', id, ids));
  const twice = wanted.find((id, i) => wanted.indexOf(id) !== i);
  if (twice !== undefined) throw badOption(`--arms names “${twice}” twice.`);
  const training = mutable(trainingSettings(settings));
  const arms = wanted.map((id) => ({
    ...{ key: id, arm: id, training: {} },
    settings: mutable(armSettingsFrom(id, settings)),
  }));
  refuseUnused(wanted, settings);
  const most = wanted.includes('zero-shot') ? 'zero-shot' : (wanted[0] ?? '');
  return {
    kind: 'compare',
    ...inputRequest(args, files, addresses, null),
    arms,
    training,
    reference: run.reference === undefined ? most : oneOf('reference', run.reference, wanted),
    curve: readCurve(run, wanted),
    pricePerMillion:
      run.price === undefined
        ? 0.15
        : readNumber('price', run.price, { min: 0, max: 10_000, integer: false }),
    situation: readSituation(run),
    outputs: run.out === undefined ? null : { predictions: addresses.predictions, page: addresses.page },
    secrets: secret === null ? {} : Object.fromEntries(wanted.map((id) => [id, secret])),
  };
}

function names(text: string): string[] {
  return text.split(',').map((name) => name.trim());
}

function trainingSettings(given: Arguments['settings']): Settings {
  return Object.fromEntries(
    SETTING_OPTIONS.flatMap(({ field, owner }) => {
      const text = given[field.option ?? ''];
      return owner === null && text !== undefined
        ? [[field.key, settingValue(field, field.option ?? '', text)]]
        : [];
    }),
  );
}

/** What was given of the arm's own fields; several arms may have a field of one name. */
function armSettingsFrom(arm: string, given: Arguments['settings']): Settings {
  return Object.fromEntries(
    armSpec(arm).fields.flatMap((field) => {
      const text = given[field.option ?? ''];
      return text === undefined ? [] : [[field.key, settingValue(field, field.option ?? '', text)]];
    }),
  );
}

function refuseUnused(arms: readonly string[], given: Arguments['settings']): void {
  const known = new Set(
    [...TRAINING_FIELDS, ...arms.flatMap((id) => armSpec(id).fields)].map(({ option }) => option),
  );
  const unused = Object.keys(given).find((name) => !known.has(name));
  if (unused !== undefined) throw badOption(`--${unused} belongs to none of the arms of this study.`);
}

function readCurve(run: Arguments['run'], arms: readonly string[]): StudyConfig['curve'] {
  if (run.curve === undefined) {
    const idle = (['curve-arms', 'draws'] as const).find((name) => run[name] !== undefined);
    if (idle) throw badOption(`--${idle} needs --curve N,N.`);
    return null;
  }
  const learning = arms.filter((id) => armSpec(id).learns);
  const chosen =
    run['curve-arms'] === undefined
      ? learning.filter((id) => CURVE_ARMS.includes(id))
      : names(run['curve-arms']).map((id) => oneOf('curve-arms', id, learning));
  if (chosen.length === 0) throw badOption('--curve needs an arm that learns from rows among --arms.');
  return {
    arms: chosen,
    sizes: names(run.curve).map((text) => readNumber('curve', text, { min: 2, max: 1e9, integer: true })),
    draws: run.draws === undefined ? 3 : readNumber('draws', run.draws, { min: 1, max: 10, integer: true }),
  };
}

/** Null until something is said of it. */
function readSituation(run: Arguments['run']): StudyConfig['situation'] {
  const said = ['changes', 'rows-per-day', 'stay-inside', 'max-latency'] as const;
  if (said.every((name) => run[name] === undefined)) return null;
  return {
    changes: oneOf('changes', run.changes ?? 'rarely', ['rarely', 'monthly', 'weekly']),
    rowsPerDay: readNumber('rows-per-day', run['rows-per-day'] ?? '0', { min: 0, max: 1e9, integer: false }),
    stayInside: run['stay-inside'] !== undefined,
    maxLatencyMs:
      run['max-latency'] === undefined
        ? null
        : readNumber('max-latency', run['max-latency'], { min: 1, max: 600_000, integer: false }),
  };
}

function chooseMethod(
  wanted: string | undefined,
  settings: Arguments['settings'],
  saved: RunConfig | null,
): Pick<RunConfig, 'method' | 'training'> {
  const ids = METHODS.map(({ id }) => id);
  const id = oneOf('method', wanted ?? saved?.method.id ?? ids[0] ?? '', ids);
  const given = settingsFor(id, settings);
  const kept = saved?.method.id === id ? saved : null;
  const chosen = {
    method: { id, settings: mutable({ ...kept?.method.settings, ...given.method }) },
    training: mutable({ ...kept?.training, ...given.training }),
  };
  validateSettings(chosen);
  return chosen;
}

/** A settings record as configs hold it. */
function mutable(settings: Record<string, unknown>): RunConfig['training'] {
  return settings as RunConfig['training'];
}

function baseName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}

function readSplit(
  run: Arguments['run'],
  seed: string | undefined,
  saved: SplitSettings | undefined,
): SplitSettings {
  const split = saved ?? splitSettingsSchema.parse({});
  const share = (name: 'test' | 'validation'): number => {
    const text = run[name];
    return text === undefined ? split[name] : readNumber(name, text, { min: 0.02, max: 0.5, integer: false });
  };
  const seedOption = run['split-seed'] === undefined ? 'seed' : 'split-seed';
  const seedText = run['split-seed'] ?? seed;
  return {
    test: share('test'),
    validation: share('validation'),
    seed:
      seedText === undefined
        ? split.seed
        : readNumber(seedOption, seedText, { min: 0, max: 2 ** 31 - 1, integer: true }),
  };
}

function readBaselines(run: Arguments['run']): boolean | null {
  if (run.baselines !== undefined && run['no-baselines'] !== undefined) {
    throw badOption('Either --baselines or --no-baselines, not both.');
  }
  if (run['no-baselines'] !== undefined) return false;
  return run.baselines === undefined ? null : true;
}

/** A run config, or a report that holds one. */
function readConfig(name: string, text: string): RunConfig {
  const value = parseJson(name, text);
  const report = z.object({ config: z.unknown() }).safeParse(value);
  const parsed = runConfigSchema.safeParse(report.success ? report.data.config : value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw badFile(name, `is no run config: ${issue?.path.join('.')}: ${issue?.message}`);
}

function readDescriptions(name: string, text: string): Record<string, string> {
  const parsed = z.record(z.string(), z.string()).safeParse(parseJson(name, text));
  if (parsed.success) return parsed.data;
  throw badFile(name, 'is no JSON object of {label: description}');
}

function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badFile(name, `is no JSON: ${error instanceof Error ? error.message : error}`);
  }
}

function badFile(name: string, what: string): EngineError {
  return new EngineError({ code: 'bad-config', message: `“${name}” ${what}.` });
}

/** Column roles from what was said and what was guessed, with the guesses told. @throws bad-option */
export function rolesFor(
  said: TuneRequest['roles'],
  columns: readonly string[],
  guess: { roles: { text: string; label: string } | null; reasons: { text: string; label: string } },
): { roles: z.infer<typeof columnRolesSchema>; guessed: Record<string, string> } {
  const guessed: Record<string, string> = {};
  const role = (name: 'text' | 'label'): string => {
    const wanted = said[name];
    if (wanted !== null) {
      if (columns.includes(wanted)) return wanted;
      throw badOption(`--${name}: there is no column “${wanted}”. There are: ${columns.join(', ')}.`);
    }
    const found = guess.roles?.[name];
    const other = said[name === 'text' ? 'label' : 'text'];
    if (found === undefined || found === other) {
      throw badOption(`Which column holds the ${name}? Say --${name} COL. There are: ${columns.join(', ')}.`);
    }
    guessed[`data.roles.${name}`] = `“${found}”: ${guess.reasons[name]}`;
    return found;
  };
  return { roles: columnRolesSchema.parse({ text: role('text'), label: role('label') }), guessed };
}
