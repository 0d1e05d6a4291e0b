import { methodSpec } from '../../engine/catalog';
import type { FloatTensor } from '../../engine/core/safetensors';
import type { ExportMeta, LoraSettings, VirtualSettings } from '../../engine/export/input';
import { buildExport, previewExport } from '../../engine/export/registry';
import { fromBackend } from '../../engine/model/load';
import { listOf, numberOf } from '../../engine/tuning/spec';
import type { TunedModel } from '../../engine/tuning/tuned';
import { engineState } from '../engineState';
import type { Handlers } from '../protocol';
import { type OpenedRun, withRun } from './openRun';

async function metaOf(run: OpenedRun): Promise<ExportMeta> {
  const { models } = await engineState();
  const entry = await models.entry(run.report.config.model.id);
  const { base } = run.tuned;
  return {
    report: run.report,
    predictions: run.predictions,
    base: {
      id: entry.id,
      revision: entry.revision,
      name: entry.name,
      licence: entry.licence,
      sources: entry.sources,
      config: JSON.parse(base.files.config),
      pooling: base.encoder.pooling,
      poolerScale: base.encoder.poolerScale,
      tokenizer: base.files.tokenizer,
      tokenizerConfig: base.files.tokenizerConfig,
    },
    maxLength: run.maxLength,
    lora: loraSettings(run),
    virtual: virtualSettings(run),
  };
}

function virtualSettings({ tuned }: OpenedRun): VirtualSettings | null {
  const { virtual } = tuned.plan;
  return virtual ? { kind: virtual.kind, count: virtual.count } : null;
}

/** Null for methods whose result is a whole model, or none of LoRA's kind. */
function loraSettings({ report, tuned }: OpenedRun): LoraSettings | null {
  const { id, settings } = report.config.method;
  if (methodSpec(id).exports !== 'adapter' || tuned.plan.virtual) return null;
  return {
    rank: numberOf(settings, 'rank'),
    alpha: numberOf(settings, 'alpha'),
    dropout: numberOf(settings, 'loraDropout'),
    targets: listOf(settings, 'targets'),
    layers: Array.from({ length: tuned.base.encoder.shape.layers }, (_, i) => i),
    useRslora: false,
  };
}

/** The untouched base beside what was trained, in torch layout. */
async function baseAndTrained(tuned: TunedModel): Promise<Map<string, FloatTensor>> {
  const tensors = new Map<string, FloatTensor>();
  for (const { name, kind } of tuned.base.encoder.weights) {
    const weight = tuned.base.weights.get(name);
    if (weight) tensors.set(name, await fromBackend(kind, weight));
  }
  for (const [name, tensor] of await tuned.read()) tensors.set(name, tensor);
  return tensors;
}

export const exportHandlers = {
  'export.preview': ({ id }) =>
    withRun(id, async (run) => {
      const preview = previewExport(await metaOf(run));
      return { ...preview, files: [...preview.files], snippets: [...preview.snippets] };
    }),
  'export.build': ({ id }, { emit, signal }) =>
    withRun(id, async (run) => {
      const meta = await metaOf(run);
      emit({ label: 'Collecting weights', done: 0, total: 0 });
      const tensors = meta.lora || meta.virtual ? await baseAndTrained(run.tuned) : await run.tuned.merged();
      const zip = await buildExport(
        { ...meta, tensors },
        { signal, onProgress: (done, total) => emit({ label: 'Packing', done, total }) },
      );
      return { name: zip.name, bytes: zip.bytes.buffer };
    }),
} satisfies Pick<Handlers, 'export.preview' | 'export.build'>;
