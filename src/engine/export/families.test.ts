/**
 * Exports of every family beside the stock model and the adapter as transformers and peft make them. With
 * HONE_EXPORTS=DIR they are written there, for reference/verify_export.py to open.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBackend } from '../backend/start';
import { methodDefaults, methodSpec } from '../catalog';
import type { FloatTensor } from '../core/safetensors';
import { readFloat32, readSafetensors } from '../core/safetensors';
import golden from '../golden/families.json';
import { openFolder } from '../model/folder';
import { disposeModel, type LoadedModel, loadModel } from '../model/load';
import { fromBackend, torchShape } from '../model/weights';
import { folderOf } from '../testing/testFamilies';
import { tune, WASM } from '../testing/testModels';
import { drain, predictRows } from '../training/rows';
import { targetExpression } from '../tuning/method';
import type { MethodId } from '../tuning/specs';
import { HEAD_BIAS } from '../tuning/tuned';
import type { ExportInput } from './input';
import { buildExport, previewExport } from './registry';
import { exportInput } from './testInput';

const { classes } = golden;
const MAX_LENGTH = 12;
const TEXTS = ['a good film', 'bad', 'very very bad film a good very', 'unknown words', 'film '.repeat(30)];
const WRITTEN: readonly MethodId[] = ['full', 'lora', 'dora', 'ia3', 'adapter', 'prompt', 'prefix'];

beforeAll(async () => {
  await startBackend({ choice: 'wasm', wasm: WASM });
});

describe.each(golden.checkpoints)('$name', (checkpoint) => {
  const { stock } = checkpoint;
  let base: LoadedModel;

  beforeAll(async () => {
    base = await loadModel('made-up', await openFolder(folderOf(checkpoint)));
  });

  afterAll(() => disposeModel(base));

  /** The model under a method, every trained value moved, with what it says of the texts. */
  async function inputOf(id: MethodId): Promise<ExportInput> {
    const { encoder, files } = base;
    const spec = methodSpec(id);
    const settings = { ...methodDefaults(id), ...(id === 'lora' ? { targets: golden.lora.roles } : {}) };
    const model = await tune(base, id, { settings, classes });
    const moved = new Map<string, FloatTensor>();
    for (const [name, { shape, data }] of await model.read()) {
      moved.set(name, { shape, data: data.map((value, i) => value + 0.1 * Math.sin(7 * i + 1)) });
    }
    model.write(moved);
    const texts = TEXTS.map((text) => base.tokenizer.encode(text, MAX_LENGTH));
    const after = await drain(
      predictRows(model, { texts, labels: new Int32Array(TEXTS.length), cache: null }),
    );
    const { virtual, added } = model.plan;
    const beside = spec.exports === 'adapter';
    const tensors = new Map<string, FloatTensor>(beside ? moved : await model.merged());
    if (beside) {
      for (const { name, kind } of encoder.weights) {
        const weight = base.weights.get(name);
        if (weight) tensors.set(name, await fromBackend(kind, weight));
      }
    }
    model.dispose();
    const { shape, weights, pooling, featureScale } = encoder;
    const plain = exportInput();
    const { config } = plain.report;
    return {
      ...plain,
      maxLength: MAX_LENGTH,
      report: { ...plain.report, config: { ...config, training: { maxLength: MAX_LENGTH } } },
      predictions: {
        ...plain.predictions,
        rows: TEXTS.map((text, i) => ({
          line: i + 2,
          text,
          expected: 0,
          before: after[i],
          after: after[i] ?? [],
        })),
      } as ExportInput['predictions'],
      base: {
        ...plain.base,
        ...{ ...files, padding: base.tokenizer.padding },
        ...{ shape, weights, pooling, featureScale, stock: encoder.stock },
      },
      adapter:
        beside && !virtual
          ? {
              peft: spec.peft?.(settings, (roles) => targetExpression(encoder, roles)) ?? null,
              added: added.map(({ name, kind, shape: own }) => ({ name, shape: torchShape(kind, own) })),
            }
          : null,
      virtual: virtual ? { kind: virtual.kind, count: virtual.count } : null,
      tensors,
    };
  }

  async function unzipped(input: ExportInput): Promise<Record<string, Uint8Array>> {
    return unzipSync((await buildExport(input)).bytes);
  }

  test('the whole model has the weights of the stock classifier, by name and shape', async () => {
    const files = await unzipped(await inputOf('full'));
    const weights = readSafetensors(files['model.safetensors'] as Uint8Array);
    const shapes = Object.fromEntries([...weights].map(([name, { shape }]) => [name, [...shape]]));
    expect(shapes).toEqual(stock.shapes);
    expect(JSON.parse(strFromU8(files['config.json'] as Uint8Array))).toMatchObject({
      architectures: [stock.architecture],
      model_type: base.family,
    });
  });

  test('the classifier’s bias takes off what the stock head adds', async () => {
    const input = await inputOf('full');
    const weights = readSafetensors((await unzipped(input))['model.safetensors'] as Uint8Array);
    const { module, shift } = input.base.stock.classifier;
    const values = (part: string): Float32Array => readFloat32(weights, `${module}.${part}`).data;
    expect(weights.has(`${module}.bias`)).toBe(base.encoder.pooling !== 'last');
    if (!weights.has(`${module}.bias`)) return;
    const width = base.encoder.shape.width;
    values('bias').forEach((value, label) => {
      const row = values('weight').subarray(label * width, (label + 1) * width);
      const sum = row.reduce((total, each) => total + each, 0);
      expect(value + shift * sum).toBeCloseTo(input.tensors.get(HEAD_BIAS)?.data[label] ?? Number.NaN, 5);
    });
    expect(shift > 0).toBe(base.family === 'distilbert');
  });

  test('the adapter takes the modules that peft takes, and saves the whole head', async () => {
    const files = await unzipped(await inputOf('lora'));
    const config = JSON.parse(strFromU8(files['adapter_config.json'] as Uint8Array));
    const stored = readSafetensors(files['base/model.safetensors'] as Uint8Array);
    const modules = [...stored.keys()].map((name) => name.replace(/\.weight$/, ''));
    const taken = modules.filter((name) => new RegExp(`^(?:${config.target_modules})$`).test(name));
    expect(taken.sort()).toEqual([...stock.adapted].sort());
    const saved = [...readSafetensors(files['adapter_model.safetensors'] as Uint8Array).keys()];
    const head = Object.keys(stock.shapes).filter((name) => /^(?:(?:pre_)?classifier|score)\./.test(name));
    const named = [
      ...stock.adapted.flatMap((name) => [`${name}.lora_A.weight`, `${name}.lora_B.weight`]),
      ...head,
    ];
    expect(saved.sort()).toEqual(named.map((name) => `base_model.model.${name}`).sort());
  });

  test.each(['prompt', 'prefix'] as const)('a %s is refused where the stock model takes none', async (id) => {
    const input = await inputOf(id);
    const refused = {
      prompt: ['gpt2', 'llama', 'qwen2', 'qwen3'],
      prefix: ['distilbert', 'modernbert', 'qwen2'],
    };
    if (refused[id].includes(base.family)) {
      expect(() => previewExport(input)).toThrow(/takes no (soft prompt|prefix)/);
    } else {
      expect(previewExport(input).files.map(({ path }) => path)).toContain('adapter_model.safetensors');
    }
  });

  test.runIf(process.env.HONE_EXPORTS).each(WRITTEN)('written: %s', async (id) => {
    const input = await inputOf(id);
    const { takesPrefix, takesPrompt } = input.base.stock;
    if ((id === 'prefix' && !takesPrefix) || (id === 'prompt' && !takesPrompt)) return;
    const folder = String(process.env.HONE_EXPORTS);
    mkdirSync(folder, { recursive: true });
    const { bytes } = await buildExport(input);
    writeFileSync(`${folder}/${checkpoint.name.replaceAll(/[^a-z]+/g, '-')}-${id}.zip`, bytes);
  });
});
