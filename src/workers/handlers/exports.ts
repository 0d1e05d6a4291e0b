import { methodSpec } from '../../engine/catalog';
import type { FloatTensor } from '../../engine/core/safetensors';
import type { AdapterContent, ExportMeta, VirtualSettings } from '../../engine/export/input';
import { buildExport, previewExport } from '../../engine/export/registry';
import { fromBackend, torchShape } from '../../engine/model/weights';
import { targetExpression } from '../../engine/tuning/method';
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
      shape: base.encoder.shape,
      weights: base.encoder.weights,
      pooling: base.encoder.pooling,
      featureScale: base.encoder.featureScale,
      stock: base.encoder.stock,
      config: base.files.config,
      tokenizer: base.files.tokenizer,
      tokenizerConfig: base.files.tokenizerConfig,
      padding: base.tokenizer.padding,
    },
    maxLength: run.maxLength,
    anew: run.tuned.plan.initial !== undefined,
    adapter: adapterOf(run),
    virtual: virtualOf(run),
  };
}

function virtualOf({ tuned }: OpenedRun): VirtualSettings | null {
  const { virtual } = tuned.plan;
  return virtual ? { kind: virtual.kind, count: virtual.count } : null;
}

/** Null for methods whose result is a whole model or learned positions. */
function adapterOf({ report, tuned }: OpenedRun): AdapterContent | null {
  const { id, settings } = report.config.method;
  const spec = methodSpec(id);
  if (spec.exports !== 'adapter' || tuned.plan.virtual) return null;
  return {
    peft: spec.peft?.(settings, (roles) => targetExpression(tuned.base.encoder, roles)) ?? null,
    added: tuned.plan.added.map(({ name, kind, shape }) => ({ name, shape: torchShape(kind, shape) })),
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
      const beside = meta.adapter || meta.virtual;
      const tensors = beside ? await baseAndTrained(run.tuned) : await run.tuned.merged();
      const zip = await buildExport(
        { ...meta, tensors },
        { signal, onProgress: (done, total) => emit({ label: 'Packing', done, total }) },
      );
      return { name: zip.name, bytes: zip.bytes.buffer };
    }),
} satisfies Pick<Handlers, 'export.preview' | 'export.build'>;
