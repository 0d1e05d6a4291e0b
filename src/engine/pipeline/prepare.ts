/** Rows → tokens: the data of a run with its splits as the training stage wants them. */
import { breathe } from '../core/breathe';
import type { RunConfig } from '../core/config';
import { EngineError } from '../core/errors';
import type { RunEvent } from '../core/events';
import { type Dataset, prepareDataset } from '../data/dataset';
import type { Example, SplitName } from '../data/table';
import type { LoadedModel } from '../model/load';
import { paddedLength } from '../text/batches';
import type { EncodedText } from '../text/tokenizer';
import type { Rows } from '../training/rows';
import type { Ports } from './ports';

export interface SplitRows {
  examples: readonly Example[];
  rows: Rows;
}

export interface PreparedData {
  dataset: Dataset;
  splits: Readonly<Record<SplitName, SplitRows>>;
  /** Texts longer than the limit, in all splits. */
  truncated: number;
}

/** @throws bad-setting when texts behind `virtual` tokens could be longer than the model has positions for */
export function checkLength(maxLength: number, model: LoadedModel, virtual = 0): void {
  const { positions } = model.encoder.shape;
  const left = positions - virtual;
  if (paddedLength(maxLength) <= left) return;
  throw new EngineError({
    code: 'bad-setting',
    message: `“Max length” is ${maxLength} tokens${virtual > 0 ? ` behind ${virtual} virtual ones` : ''}; ${model.id} reads at most ${positions}.`,
    hint: `Set it to ${left - (left % 8)} or less.`,
    details: { field: 'maxLength' },
  });
}

const TEXTS_PER_SLICE = 256;

/** Reads the tables again from their saved files, so that a run depends on its config alone. */
export async function readDataset(
  config: Pick<RunConfig, 'data'>,
  ports: Pick<Ports, 'readTable'>,
): Promise<Dataset> {
  const table = await ports.readTable(config.data);
  const testTable = config.data.testFile ? await ports.readTable(config.data.testFile) : null;
  return prepareDataset(table, testTable, config.data);
}

export async function* tokenize(
  dataset: Dataset,
  model: LoadedModel,
  maxLength: number,
): AsyncGenerator<RunEvent, PreparedData> {
  const encoded: EncodedText[] = [];
  const total = dataset.examples.length;
  for (let start = 0; start < total; start += TEXTS_PER_SLICE) {
    for (const { text } of dataset.examples.slice(start, start + TEXTS_PER_SLICE)) {
      encoded.push(model.tokenizer.encode(text, maxLength));
    }
    yield { type: 'phase', phase: 'tokenizing', done: encoded.length, total };
    await breathe();
  }
  const classIndex = new Map(dataset.classes.map((label, i) => [label, i]));
  const split = (name: SplitName): SplitRows => {
    const indices = dataset.splits[name];
    const examples = indices.map((i) => dataset.examples[i] as Example);
    return {
      examples,
      rows: {
        texts: indices.map((i) => encoded[i] as EncodedText),
        labels: Int32Array.from(examples, ({ label }) => classIndex.get(label) as number),
        cache: null,
      },
    };
  };
  return {
    dataset,
    splits: { train: split('train'), validation: split('validation'), test: split('test') },
    truncated: encoded.filter(({ fullLength }) => fullLength > maxLength).length,
  };
}
