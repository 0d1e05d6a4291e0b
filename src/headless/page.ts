/** One run without screens: the page that `npm run tune` opens. It makes the calls that the screens make. */
import { z } from 'zod';
import { methodSpec, validateSettings } from '../engine/catalog';
import type { DataConfig, RunConfig } from '../engine/core/config';
import { EngineError, toErrorData } from '../engine/core/errors';
import type { RunReport, RunWarning } from '../engine/core/report';
import type { StudyConfig, StudyEvent, StudyReport } from '../engine/core/study';
import { predictionsCsv } from '../engine/export/predictionsCsv';
import { studyCsv } from '../engine/export/studyCsv';
import { studyPage } from '../engine/export/studyPage';
import { createEngineClient } from '../workers/client';
import type { DataSource, DataSummary, Progress } from '../workers/protocol';
import type { HeadlessPage, TuneEvent, TuneOutcome } from './events';
import { outcomeOf } from './outcome';
import {
  type CompareRequest,
  type HeadlessRequest,
  type InputRequest,
  rolesFor,
  type TuneRequest,
} from './request';

const engine = createEngineClient();
const cancelled = new AbortController();

const samplesSchema = z.array(
  z.object({ id: z.string(), labelDescriptions: z.record(z.string(), z.string()).default({}) }),
);

const page: HeadlessPage = {
  run,
  cancel: () => cancelled.abort(),
};
window.honeHeadless = page;

function tell(event: TuneEvent): void {
  void window.honeEvent?.(event);
}

async function run(request: HeadlessRequest): Promise<TuneOutcome> {
  try {
    const report = request.kind === 'tune' ? await tune(request) : await compare(request);
    return report && !cancelled.signal.aborted ? { status: 'finished', report } : { status: 'cancelled' };
  } catch (thrown) {
    const error = toErrorData(thrown);
    if (cancelled.signal.aborted) return { status: 'cancelled' };
    return outcomeOf(error);
  }
}

async function tune({
  method,
  training,
  baselines,
  outputs,
  ...input
}: TuneRequest): Promise<RunReport | null> {
  const { guessed, ...shared } = await readInput(input);
  const config: RunConfig = { version: 1, task: 'classify', ...shared, method, training, baselines };
  const flaws = await checkData(config);
  const id = `tune-${crypto.randomUUID().slice(0, 8)}`;
  const name = input.name ?? `${stemOf(config)} · ${methodSpec(method.id).label}`;
  const estimate = await engine.call('run.estimate', { config }, { signal: cancelled.signal });
  tell({ type: 'estimate', estimate });
  const report = await engine.call(
    'run.start',
    { id, name, config, resume: false, guessed },
    { signal: cancelled.signal, onEvent: tell },
  );
  if (report && outputs) await deliver(report, outputs);
  return report && { ...report, warnings: [...flaws, ...report.warnings] };
}

async function compare({ outputs, secrets, ...request }: CompareRequest): Promise<StudyReport> {
  const { arms, curve, pricePerMillion, reference, situation, training } = request;
  const { guessed, ...shared } = await readInput(request);
  const config: StudyConfig = {
    ...{ version: 1, task: 'classify', ...shared, examples: {} },
    ...{ arms, curve, pricePerMillion, reference, situation, training },
  };
  await checkData({ ...config, method: { id: 'head', settings: {} } });
  const id = `study-${crypto.randomUUID().slice(0, 8)}`;
  const name = request.name ?? `${stemOf(config)} · prompt or tune`;
  const report = await engine.call(
    'study.start',
    { id, name, config, resume: false, guessed, secrets },
    { signal: cancelled.signal, onEvent: (event: StudyEvent) => tell({ type: 'study', event }) },
  );
  if (outputs) {
    const { rows } = await engine.call('study.open', { id });
    if (rows) await put(outputs.predictions, studyCsv(rows));
    await put(outputs.page, studyPage(report, rows));
  }
  return report;
}

const stemOf = ({ data }: { data: DataConfig }): string => data.name.replace(/\.[a-z]+$/i, '');

async function readInput(
  request: InputRequest,
): Promise<
  Pick<RunConfig, 'data' | 'model' | 'descriptions' | 'backend'> & { guessed: Record<string, string> }
> {
  const { source, saved } = request;
  const summary = await open(
    source.kind === 'sample' ? source : await fetchFile(source),
    request.header,
    saved,
  );
  const { roles, guessed } = rolesFor(request.roles, summary.columns, summary.guess);
  tell({ type: 'data', summary, roles, guessed: Object.values(guessed) });
  const test = request.testFile
    ? await open(await fetchFile(request.testFile), request.header, saved?.testFile ?? null)
    : null;
  const model = await chooseModel(request);
  let { descriptions } = request;
  if (descriptions === null && source.kind === 'sample') {
    descriptions = await sampleDescriptions(source.id);
    guessed.descriptions = 'the sample’s own descriptions of its labels';
  }
  return {
    data: {
      name: summary.name,
      hash: summary.hash,
      options: summary.options,
      roles,
      fixes: saved?.fixes ?? [],
      split: request.split,
      ...(test ? { testFile: { name: test.name, hash: test.hash, options: test.options } } : {}),
      ...(request.limit === null ? {} : { limit: request.limit }),
      ...(request.perClass === null ? {} : { perClass: request.perClass }),
    },
    model,
    descriptions: descriptions ?? {},
    backend: request.backend,
    guessed,
  };
}

/** What the Data screen would show of these rows; its findings come back as the report's warnings. */
async function checkData({
  data,
  model,
  ...settings
}: Pick<RunConfig, 'data' | 'model' | 'method' | 'training'>): Promise<RunWarning[]> {
  const { findings, rejected } = await engine.call(
    'data.check',
    {
      hash: data.hash,
      roles: data.roles,
      fixes: data.fixes,
      split: data.split,
      testHash: data.testFile?.hash ?? null,
      model: model.id,
      maxLength: Number(validateSettings(settings).training.maxLength),
    },
    {
      signal: cancelled.signal,
      onEvent: (progress: Progress) => tell({ type: 'progress', ...progress }),
    },
  );
  const unused = await engine.call('data.rejected', { hash: data.hash, start: 0, count: 1 });
  tell({ type: 'checked', findings, rejected, first: unused.rows[0] ?? null });
  return findings.map(({ code, title }) => ({ code, step: 0, message: title }));
}

/** Reads a source; the same bytes as in a saved run are read with the saved run's options. */
async function open(
  source: DataSource,
  header: false | null,
  saved: Pick<DataConfig, 'hash' | 'options'> | null,
): Promise<DataSummary> {
  const options = header === null ? null : { header };
  const read = (options: Partial<DataConfig['options']> | null): Promise<DataSummary> =>
    engine.call(
      'data.open',
      { source, options },
      {
        signal: cancelled.signal,
        onEvent: (progress: Progress) => tell({ type: 'progress', ...progress }),
      },
    );
  const summary = await read(options);
  if (!saved) return summary;
  if (saved.hash === summary.hash) return read({ ...saved.options, ...options });
  tell({ type: 'note', text: `${summary.name} is not the file of the saved run: its content differs.` });
  return summary;
}

async function fetchFile({ url, name }: { url: string; name: string }) {
  const response = await fetch(url, { signal: cancelled.signal });
  if (!response.ok) throw new Error(`${name} could not be read (HTTP ${response.status}).`);
  return { kind: 'file' as const, file: await response.blob(), name };
}

async function chooseModel({
  model: wanted,
  modelFiles,
  modelAddress,
}: Pick<InputRequest, 'model' | 'modelFiles' | 'modelAddress'>): Promise<RunConfig['model']> {
  let id = wanted;
  if (modelFiles) id = await importModel(modelFiles);
  else if (modelAddress !== null) id = await downloadModel(modelAddress);
  const models = await engine.call('model.list', null);
  const model = id === null ? models[0] : models.find((each) => each.id === id);
  if (model) return { id: model.id, revision: model.revision };
  throw new EngineError({
    code: 'unknown-model',
    message: `There is no model “${id}”. There are: ${models.map((each) => each.id).join(', ')}.`,
    hint: 'A model of yours is given by its folder, zip or web address: --model DIR.',
  });
}

async function importModel({ kind, name, files }: NonNullable<InputRequest['modelFiles']>): Promise<string> {
  const fetched = await Promise.all(
    files.map(async ({ path, url }) => ({ path, file: (await fetchFile({ url, name: path })).file })),
  );
  const [first] = fetched;
  const upload =
    kind === 'zip' && first
      ? ({ kind: 'zip', name, file: first.file } as const)
      : ({ kind: 'folder', name, files: fetched } as const);
  const { id } = await engine.call(
    'model.import',
    { upload },
    {
      signal: cancelled.signal,
      onEvent: (progress: Progress) => tell({ type: 'progress', ...progress }),
    },
  );
  return id;
}

async function downloadModel(address: string): Promise<string> {
  const { signal } = cancelled;
  const offer = await engine.call('model.lookAt', { address }, { signal });
  if (offer.refusal) throw new EngineError(offer.refusal);
  const onEvent = (progress: Progress): void => tell({ type: 'progress', ...progress });
  const { id } = await engine.call('model.download', { offer, token: null }, { signal, onEvent });
  return id;
}

async function sampleDescriptions(id: string): Promise<Record<string, string>> {
  const response = await fetch('/samples/samples.json');
  const samples = samplesSchema.parse(await response.json());
  return samples.find((sample) => sample.id === id)?.labelDescriptions ?? {};
}

async function deliver({ id }: RunReport, outputs: NonNullable<TuneRequest['outputs']>): Promise<void> {
  const { predictions } = await engine.call('run.open', { id });
  await put(outputs.predictions, predictionsCsv(predictions));
  const { bytes } = await engine.call(
    'export.build',
    { id },
    { onEvent: (progress: Progress) => tell({ type: 'progress', ...progress }) },
  );
  await put(outputs.bundle, bytes);
}

async function put(url: string, body: string | ArrayBuffer): Promise<void> {
  const response = await fetch(url, { method: 'PUT', body });
  if (!response.ok) throw new Error(`The result could not be written (HTTP ${response.status}).`);
}
