import { z } from 'zod';
import { breatheUnlessAborted } from '../../engine/core/breathe';
import type { DataConfig, ImportOptions } from '../../engine/core/config';
import { EngineError } from '../../engine/core/errors';
import { random } from '../../engine/core/random';
import { assertFileSize } from '../../engine/data/binary';
import { checkInput } from '../../engine/data/checks/check';
import { runChecks } from '../../engine/data/checks/registry';
import { guessRoles } from '../../engine/data/columns';
import { surveyDataset } from '../../engine/data/dataset';
import type { Example, Finding, RejectedRow } from '../../engine/data/table';
import { refuseChat } from '../../engine/data/writing/shape';
import { paddedLength } from '../../engine/text/batches';
import { sweepDataFiles } from '../dataFiles';
import { type EngineState, engineState } from '../engineState';
import { fetchFile } from '../fetchFile';
import type { DataReport, DataSource, HandlerContext, Handlers, Params } from '../protocol';

const SAMPLED_LENGTHS = 5000;
const TEXTS_PER_SLICE = 256;
/** Longer than any model reads, so that true lengths are seen. */
const UNCUT = 1_000_000;

const samplesSchema = z.array(z.looseObject({ id: z.string(), file: z.string() }));

/** What the last check of each file found; its findings point into its examples. */
interface LastCheck {
  examples: readonly Example[];
  findings: readonly Finding[];
  rejected: readonly RejectedRow[];
}
const lastCheck = new Map<string, LastCheck>();

async function bytesOf(
  source: DataSource,
  state: EngineState,
  { emit, signal }: HandlerContext<'data.open'>,
): Promise<{ bytes: Uint8Array; name: string }> {
  switch (source.kind) {
    case 'file':
      assertFileSize(source.file.size, source.name);
      return { bytes: new Uint8Array(await source.file.arrayBuffer()), name: source.name };
    case 'text':
      return { bytes: new TextEncoder().encode(source.text), name: source.name };
    case 'sample':
      return sampleBytes(source.id);
    case 'url':
      return fetchFile(source.url, source.hash, { openDoor: state.openDoor, emit, signal });
    case 'saved':
      return { bytes: await state.tables.bytes(source.hash, source.name), name: source.name };
    default:
      return source satisfies never;
  }
}

async function sampleBytes(id: string): Promise<{ bytes: Uint8Array; name: string }> {
  const index = await fetch(new URL('samples/samples.json', self.location.origin));
  const sample = samplesSchema.parse(await index.json()).find((entry) => entry.id === id);
  if (!sample) {
    throw new EngineError({
      code: 'unknown-sample',
      message: `There is no sample “${id}”.`,
      hint: 'Choose one of the samples on the Data page.',
    });
  }
  const file = await fetch(new URL(`samples/${sample.file}`, self.location.origin));
  return { bytes: new Uint8Array(await file.arrayBuffer()), name: sample.file };
}

async function countTokens(
  examples: readonly Example[],
  encode: (text: string) => number,
  pause: () => Promise<void>,
): Promise<{ examples: number[]; tokens: number[] }> {
  const order = Array.from(examples.keys());
  const chosen =
    order.length <= SAMPLED_LENGTHS ? order : random(1, 'lengths').shuffle(order).slice(0, SAMPLED_LENGTHS);
  const tokens: number[] = [];
  for (const i of chosen) {
    if (tokens.length % TEXTS_PER_SLICE === 0) await pause();
    tokens.push(encode(examples[i]?.text ?? ''));
  }
  return { examples: chosen, tokens };
}

function lengthSummary(tokens: readonly number[], limit: number): DataReport['lengths'] {
  const sorted = [...tokens].sort((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  const width = Math.max(8, paddedLength(Math.ceil(at(0.99) / 16)));
  const bins = Math.max(1, Math.ceil((at(0.99) + 1) / width));
  const histogram = Array.from({ length: bins }, (_, i) => ({
    from: i * width,
    to: i === bins - 1 ? Math.max(at(1), (i + 1) * width) : (i + 1) * width,
    count: 0,
  }));
  for (const value of tokens) {
    const bin = histogram[Math.min(bins - 1, Math.floor(value / width))];
    if (bin) bin.count++;
  }
  return {
    median: at(0.5),
    p90: at(0.9),
    p99: at(0.99),
    max: at(1),
    truncatedShare: tokens.length === 0 ? 0 : tokens.filter((value) => value > limit).length / tokens.length,
    limit,
    histogram,
  };
}

async function check(
  params: Params<'data.check'>,
  { emit, signal }: HandlerContext<'data.check'>,
): Promise<DataReport> {
  /** A newer choice of the user makes this check worthless: it is heard of between two pieces of work. */
  const pause = (): Promise<void> => breatheUnlessAborted(signal);
  const state = await engineState();
  const table = state.tables.latest(params.hash);
  const testTable = params.testHash ? state.tables.latest(params.testHash) : null;
  emit({ label: 'Checking rows', done: 0, total: 0 });
  const config: DataConfig = {
    name: '',
    hash: params.hash,
    options: table.options,
    roles: params.roles,
    fixes: params.fixes,
    split: params.split,
    limit: params.limit,
    perClass: params.perClass,
  };
  await pause();
  const dataset = surveyDataset(table, testTable, config);
  const tokenizer = await state.models.tokenizer(params.model);
  emit({ label: 'Measuring text lengths', done: 0, total: 0 });
  const fullLength = (text: string): number => tokenizer.encode(text, UNCUT).fullLength;
  const counted = await countTokens(dataset.trainExamples, fullLength, pause);
  const input = checkInput(dataset.trainExamples, dataset.testExamples, {
    ...counted,
    limit: params.maxLength,
  });
  const checks = runChecks(input);
  let next = checks.next();
  while (!next.done) {
    await pause();
    next = checks.next();
  }
  const findings = next.value;
  lastCheck.set(params.hash, { examples: dataset.trainExamples, findings, rejected: dataset.rejected });
  return {
    rows: dataset.rows,
    kept: dataset.kept,
    rejected: dataset.rejected.length,
    classes: dataset.classes.map((label, i) => ({ label, count: dataset.classCounts[i] ?? 0 })),
    splits: {
      train: dataset.splits.train.length,
      validation: dataset.splits.validation.length,
      test: dataset.splits.test.length,
    },
    lengths: lengthSummary(counted.tokens, params.maxLength),
    findings: findings.map((finding) => ({
      ...finding,
      examples: [...finding.examples],
      actions: [...finding.actions],
    })),
    applied: [...dataset.applied],
    blocked: dataset.blocked,
    trainable: dataset.blocked === null,
  };
}

/** Only the options that were chosen: an absent one is detected. */
function given(options: Params<'data.open'>['options']): Partial<ImportOptions> | null {
  if (!options) return null;
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

export const dataHandlers = {
  'data.open': async ({ source, options }, { emit, signal }) => {
    const state = await engineState();
    const { bytes, name } = await bytesOf(source, state, { emit, signal });
    const { hash, table, saved } = await state.tables.open(bytes, name, given(options), emit, signal);
    refuseChat(table, name);
    // Read anew, perhaps with other options: what was found in the earlier reading is not true of this one.
    lastCheck.delete(hash);
    const guess = guessRoles(table);
    return {
      name,
      hash,
      bytes: bytes.byteLength,
      options: table.options,
      reasons: { ...table.reasons },
      notes: saved
        ? [...table.notes]
        : [
            ...table.notes,
            'This browser could not keep a copy: after a reload the file must be opened again.',
          ],
      columns: [...table.columns],
      rows: table.rows.length,
      rejected: table.rejected.length,
      guess,
    };
  },
  'data.rows': async ({ hash, view, start, count }) => {
    const table = (await engineState()).tables.latest(hash);
    const indices =
      view.kind === 'all'
        ? null
        : (lastCheck.get(hash)?.findings.find(({ code }) => code === view.code)?.examples ?? []).map(
            (i) => lastCheck.get(hash)?.examples[i]?.row ?? 0,
          );
    const total = indices?.length ?? table.rows.length;
    const end = Math.min(total, start + count);
    const rows = Array.from({ length: Math.max(0, end - start) }, (_, i) => {
      const row = indices ? (indices[start + i] as number) : start + i;
      return { line: table.lines[row] ?? 0, cells: [...(table.rows[row] ?? [])] };
    });
    return { total, rows };
  },
  'data.rejected': async ({ hash, start, count }) => {
    // Before the first check only the reader has rejected rows.
    const rejected = lastCheck.get(hash)?.rejected ?? (await engineState()).tables.latest(hash).rejected;
    return { total: rejected.length, rows: rejected.slice(start, start + count).map((row) => ({ ...row })) };
  },
  'data.sweep': async ({ keep }) => {
    const { storage, locks } = await engineState();
    await sweepDataFiles(storage, locks, new Set(keep));
    return null;
  },
  'data.check': check,
} satisfies Pick<Handlers, 'data.open' | 'data.rows' | 'data.rejected' | 'data.sweep' | 'data.check'>;
