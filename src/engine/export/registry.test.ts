import { strFromU8, unzipSync } from 'fflate';
import Papa from 'papaparse';
import { describe, expect, test } from 'vitest';
import { runReportSchema } from '../core/report';
import { readFloat32, readSafetensors } from '../core/safetensors';
import golden from '../golden/peft_names.json';
import soft from '../golden/soft_prompts.json';
import { bertFamily } from '../model/bert';
import { dora } from '../tuning/dora/method';
import { doraSpec } from '../tuning/dora/spec';
import { ia3 } from '../tuning/ia3/method';
import { ia3Spec } from '../tuning/ia3/spec';
import { lora } from '../tuning/lora/method';
import { loraSpec } from '../tuning/lora/spec';
import type { AdapterContent, ExportInput, VirtualSettings } from './input';
import { buildExport, previewExport } from './registry';
import { adapterOf, BOTTLENECK, exportInput, LAYERS, LORA, WIDE, WIDTH } from './testInput';

async function unzipped(input: ExportInput): Promise<Record<string, Uint8Array>> {
  return unzipSync((await buildExport(input)).bytes);
}

function fileIn(files: Record<string, Uint8Array>, path: string): Uint8Array {
  const bytes = files[path];
  if (bytes === undefined) throw new Error(`no ${path} in ${Object.keys(files)}`);
  return bytes;
}

function jsonIn(files: Record<string, Uint8Array>, path: string): Record<string, unknown> {
  return JSON.parse(strFromU8(fileIn(files, path)));
}

describe.each<[string, AdapterContent | null]>([
  ['whole model', null],
  ['adapter', LORA],
  ['modules', BOTTLENECK],
])('every export: %s', (_, beside) => {
  test('holds exactly the files of its preview, at their sizes', async () => {
    const input = exportInput(beside);
    const preview = previewExport(input);
    const files = await unzipped(input);
    expect(Object.entries(files).map(([path, bytes]) => [path, bytes.byteLength])).toEqual(
      preview.files.map(({ path, bytes }) => [path, bytes]),
    );
    expect(preview.name).toBe('film-reviews-2nd-try.zip');
    expect(strFromU8(fileIn(files, 'README.md'))).toBe(preview.card);
  });

  test('is the same bytes for the same run', async () => {
    const once = await buildExport(exportInput(beside));
    expect((await buildExport(exportInput(beside))).bytes).toEqual(once.bytes);
  });

  test('keeps the report and the labels readable by programs', async () => {
    const input = exportInput(beside);
    const files = await unzipped(input);
    expect(runReportSchema.parse(jsonIn(files, 'hone-run.json'))).toEqual(input.report);
    expect(jsonIn(files, 'labels.json')).toEqual([
      { id: 0, label: 'good', training_rows: 134 },
      { id: 1, label: 'not | good', training_rows: 63 },
      { id: 2, label: '=1+1', training_rows: 3 },
    ]);
  });

  test('writes predictions that read back exactly, quotes, line breaks and formula signs included', async () => {
    const files = await unzipped(exportInput(beside));
    const { data } = Papa.parse<string[]>(strFromU8(fileIn(files, 'predictions.csv')));
    expect(data).toEqual([
      ['row', 'input', 'expected', 'before', 'after', 'confidence_before', 'confidence_after'].concat([
        'p:good',
        'p:not | good',
        'p:=1+1',
      ]),
      ['7', 'a "good" film,\nvery', 'good', 'not | good', 'good', '0.5', '0.9', '0.9', '0.06', '0.04'],
      ['12', '=bad', '=1+1', 'good', '=1+1', '0.4', '0.6', '0.1', '0.3', '0.6'],
    ]);
  });

  test('cuts texts where training cut them', async () => {
    const folder = beside === null ? '' : 'base/';
    const files = await unzipped(exportInput(beside));
    expect(jsonIn(files, `${folder}tokenizer_config.json`).model_max_length).toBe(12);
    expect(strFromU8(fileIn(files, `${folder}tokenizer.json`))).toBe(exportInput().base.tokenizer);
  });

  test('stops when asked to', async () => {
    const stop = new AbortController();
    const building = buildExport(exportInput(beside), {
      signal: stop.signal,
      onProgress: () => stop.abort(),
    });
    await expect(building).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('names the weight that is missing or of the wrong shape', async () => {
    const input = exportInput(beside);
    const name = 'encoder.layer.1.output.dense.bias';
    const without = new Map(input.tensors);
    without.delete(name);
    await expect(buildExport({ ...input, tensors: without })).rejects.toMatchObject({
      code: 'missing-weights',
      details: { tensor: name },
    });
    without.set(name, { shape: [WIDTH + 1], data: new Float32Array(WIDTH + 1) });
    await expect(buildExport({ ...input, tensors: without })).rejects.toThrow('it has [9]');
  });
});

describe('whole model', () => {
  test('config.json is a stock classifier with one layer more', async () => {
    expect(jsonIn(await unzipped(exportInput()), 'config.json')).toMatchObject({
      architectures: ['BertForSequenceClassification'],
      num_hidden_layers: LAYERS + 1,
      dtype: 'float32',
      layer_norm_eps: 1e-12,
      problem_type: 'single_label_classification',
      id2label: { 0: 'good', 1: 'not | good', 2: '=1+1' },
      label2id: { good: 0, 'not | good': 1, '=1+1': 2 },
      hone: { base: 'tiny', pooling: 'mean', pooling_layer: LAYERS, max_length: 12 },
    });
  });

  test('model.safetensors has the trained values under stock names, and the pooling layer', async () => {
    const input = exportInput();
    const weights = readSafetensors(fileIn(await unzipped(input), 'model.safetensors'));
    expect(weights.size).toBe(5 + (LAYERS + 1) * 16 + 2 + 2);
    for (const [name, { shape, data }] of input.tensors) {
      const stock = readFloat32(weights, name.startsWith('classifier') ? name : `bert.${name}`);
      expect(stock.shape).toEqual(shape);
      expect([...stock.data]).toEqual([...data]);
    }
    const layer = `bert.encoder.layer.${LAYERS}`;
    const identity = (factor: number) =>
      Array.from({ length: WIDTH * WIDTH }, (_, i) => (i % (WIDTH + 1) === 0 ? factor : 0));
    const values = (name: string) => [...readFloat32(weights, name).data];
    expect(values(`${layer}.attention.self.query.weight`)).toEqual(identity(0));
    expect(values(`${layer}.attention.self.key.weight`)).toEqual(identity(0));
    expect(values(`${layer}.attention.self.value.weight`)).toEqual(identity(1));
    expect(values(`${layer}.attention.output.dense.weight`)).toEqual(identity(2 ** 26));
    expect(values(`${layer}.attention.output.LayerNorm.weight`)).toEqual(Array(WIDTH).fill(1));
    expect(values(`${layer}.output.LayerNorm.bias`)).toEqual(Array(WIDTH).fill(0));
    expect(new Set(values(`${layer}.intermediate.dense.weight`))).toEqual(new Set([0]));
    expect(values('bert.pooler.dense.weight')).toEqual(identity(0.5));
  });

  test('CLS pooling keeps the residual and drops the mean', async () => {
    const input = exportInput();
    const hone = { pooling: 'cls', pooler_scale: 0.5 };
    const { stock } = bertFamily.fromConfig({ ...JSON.parse(input.base.config), hone });
    const files = await unzipped({ ...input, base: { ...input.base, stock } });
    const weights = readSafetensors(fileIn(files, 'model.safetensors'));
    const dense = readFloat32(weights, `bert.encoder.layer.${LAYERS}.attention.output.dense.weight`);
    expect(new Set(dense.data)).toEqual(new Set([0]));
  });

  test('leaves out of config.json what is true of the base’s files alone', async () => {
    const input = exportInput();
    const own = { ...JSON.parse(input.base.config), torch_dtype: 'float16', auto_map: {}, keep: 1 };
    const config = JSON.stringify(own).replace('"keep":1', '"keep":2.0,"small":1e-05');
    const files = await unzipped({ ...input, base: { ...input.base, config } });
    const written = jsonIn(files, 'config.json');
    expect(written).toMatchObject({ keep: 2, dtype: 'float32' });
    // Python tells 2.0 from 2.
    expect(strFromU8(fileIn(files, 'config.json'))).toContain('"keep": 2.0,\n  "small": 1e-05');
    expect(Object.keys(written)).not.toEqual(expect.arrayContaining(['torch_dtype']));
    expect(Object.keys(written)).not.toEqual(expect.arrayContaining(['auto_map']));
  });
});

describe('adapter', () => {
  test('has the names and settings that peft reads', async () => {
    const input = exportInput(LORA);
    const files = await unzipped(input);
    const weights = readSafetensors(fileIn(files, 'adapter_model.safetensors'));
    expect(weights.size).toBe(2 * LAYERS * 3 + 2);
    const name = 'encoder.layer.1.attention.output.dense.lora_B.weight';
    expect([...readFloat32(weights, `base_model.model.bert.${name}`).data]).toEqual([
      ...(input.tensors.get(name)?.data ?? []),
    ]);
    expect(readFloat32(weights, 'base_model.model.classifier.weight').shape).toEqual([3, WIDTH]);
    expect(jsonIn(files, 'adapter_config.json')).toMatchObject({
      peft_type: 'LORA',
      task_type: 'SEQ_CLS',
      r: 2,
      lora_alpha: 4,
      use_rslora: false,
      modules_to_save: ['classifier'],
      target_modules:
        'bert\\.encoder\\.layer\\.(0|1|2|3|4|5)\\.(attention\\.self\\.query|attention\\.output\\.dense|output\\.dense)',
    });
  });

  const targets = ['query', 'value'];
  const settings = { rank: golden.lora.adapter_config.r, alpha: 8, loraDropout: 0.1, targets };
  test.each([
    ['lora' as const, adapterOf(loraSpec, lora, settings)],
    ['dora' as const, adapterOf(doraSpec, dora, settings)],
    ['ia3' as const, adapterOf(ia3Spec, ia3)],
  ])(
    'matches what peft itself writes for %s: names, shapes, settings, and the modules it takes',
    async (id, content) => {
      const files = await unzipped(exportInput(content));
      const weights = readSafetensors(fileIn(files, 'adapter_model.safetensors'));
      /** The golden adapter is 384 wide, and 1536 inside. */
      const shapes = Object.entries(golden[id].tensors).map(([name, shape]): [string, number[]] => [
        name,
        shape.map((length) => (length === 384 ? WIDTH : length === 1536 ? WIDE : length)),
      ]);
      expect(Object.fromEntries([...weights].map(([name, { shape }]) => [name, shape]))).toEqual(
        Object.fromEntries(shapes),
      );
      const written = jsonIn(files, 'adapter_config.json');
      const expected: Record<string, unknown> = golden[id].adapter_config;
      const byPeft: Record<string, unknown> = golden[id].adapter_config_by_peft;
      for (const key of Object.keys(written)) expect(Object.keys(byPeft)).toContain(key);
      const modules = [...readSafetensors(fileIn(files, 'base/model.safetensors')).keys()].map((name) =>
        name.replace(/\.weight$/, ''),
      );
      const taken = (pattern: unknown) => modules.filter((name) => new RegExp(`^(?:${pattern})$`).test(name));
      for (const [key, value] of Object.entries(expected)) {
        if (!key.endsWith('_modules')) expect([key, written[key]]).toEqual([key, value]);
        else expect(taken(written[key])).toEqual(taken(value));
      }
      expect(taken(written.target_modules)).toHaveLength(id === 'ia3' ? 18 : 12);
    },
  );

  test('base/ is the untouched model with the pooling layer and a classifier of zeros', async () => {
    const input = exportInput(LORA);
    const weights = readSafetensors(fileIn(await unzipped(input), 'base/model.safetensors'));
    expect(new Set(readFloat32(weights, 'classifier.weight').data)).toEqual(new Set([0]));
    const name = 'encoder.layer.0.attention.self.query.weight';
    expect([...readFloat32(weights, `bert.${name}`).data]).toEqual([
      ...(input.tensors.get(name)?.data ?? []),
    ]);
    expect([...weights.keys()].some((key) => key.includes('lora'))).toBe(false);
  });
});

describe('modules', () => {
  test('are named for the model that load_adapter.py builds, and the card says what opens them', async () => {
    const input = exportInput(BOTTLENECK);
    const files = await unzipped(input);
    const weights = readSafetensors(fileIn(files, 'adapter.safetensors'));
    expect(weights.size).toBe(4 * LAYERS + 2);
    const name = 'encoder.layer.1.output.dense.adapter_up.weight';
    const up = readFloat32(weights, `bert.${name}`);
    expect(up.shape).toEqual([WIDTH, 3]);
    expect([...up.data]).toEqual([...(input.tensors.get(name)?.data ?? [])]);
    const { card } = previewExport(input);
    expect(card).toContain('library_name: transformers');
    expect(card).toContain('from load_adapter import load');
    expect(card).toContain('neither transformers nor peft opens it alone');
  });
});

describe.each<VirtualSettings['kind']>(['prompt', 'prefix'])('learned positions: %s', (kind) => {
  const count = soft.virtual_tokens;
  const input = exportInput(null, { kind, count });
  const byPeft = soft[kind].files;

  test('holds exactly the files of its preview, at their sizes', async () => {
    const files = await unzipped(input);
    expect(Object.entries(files).map(([path, bytes]) => [path, bytes.byteLength])).toEqual(
      previewExport(input).files.map(({ path, bytes }) => [path, bytes]),
    );
  });

  test('has the names, shapes and settings that peft itself writes', async () => {
    const files = await unzipped(input);
    const weights = readSafetensors(fileIn(files, 'adapter_model.safetensors'));
    const scaled = { 384: WIDTH, [384 * 14]: WIDTH * 2 * (LAYERS + 1), [soft.labels.length]: 3 };
    const shapes = Object.entries(byPeft.tensors).map(([name, shape]): [string, number[]] => [
      name,
      shape.map((length) => scaled[length] ?? length),
    ]);
    expect(Object.fromEntries([...weights].map(([name, { shape }]) => [name, shape]))).toEqual(
      Object.fromEntries(shapes),
    );
    const config = jsonIn(files, 'adapter_config.json');
    expect(Object.keys(byPeft.adapter_config)).toEqual(expect.arrayContaining(Object.keys(config)));
    for (const key of ['peft_type', 'task_type', 'num_virtual_tokens', 'num_layers', 'inference_mode']) {
      expect([key, config[key]]).toEqual([key, (byPeft.adapter_config as Record<string, unknown>)[key]]);
    }
    expect(config).toMatchObject({ token_dim: WIDTH, num_attention_heads: 2 });
  });

  test('keeps every trained value, and gives the pooling layer none', async () => {
    const weights = readSafetensors(fileIn(await unzipped(input), 'adapter_model.safetensors'));
    const saved = readFloat32(weights, 'prompt_embeddings');
    const trained = input.tensors.get('prompt_embeddings') as {
      shape: readonly number[];
      data: Float32Array;
    };
    const [all = 0, own = 0] = [saved.shape[1], trained.shape[1]];
    for (let row = 0; row < count; row++) {
      const written = saved.data.slice(row * all, (row + 1) * all);
      expect([...written.subarray(0, own)]).toEqual([...trained.data.subarray(row * own, (row + 1) * own)]);
      expect(written.subarray(own).every((value) => value === 0)).toBe(true);
    }
  });

  test('offers no way to merge', () => {
    expect(JSON.stringify(previewExport(input).snippets)).not.toContain('merge');
  });
});
