import { describe, expect, test } from 'vitest';
import { parseArguments } from './options';
import { rolesFor, type TuneRequest, tuneRequest } from './request';

const ADDRESSES = {
  ...{ data: '/t/data', testFile: '/t/test', model: '/t/model' },
  ...{ predictions: '/t/p', bundle: '/t/b', page: '/t/r' },
};

function request(
  argv: string[],
  config: unknown = null,
  model: Parameters<typeof tuneRequest>[1]['model'] = null,
): TuneRequest {
  const files = { config: config === null ? null : JSON.stringify(config), descriptions: null, model };
  return tuneRequest(parseArguments(argv), files, ADDRESSES);
}

const SAVED = {
  version: 1,
  task: 'classify',
  data: {
    name: 'rows.csv',
    hash: 'abc',
    options: { format: 'csv', encoding: 'utf-8', delimiter: ',', quote: '"', header: true },
    roles: { text: 'body', label: 'kind' },
    split: { validation: 0.1, test: 0.3, seed: 7 },
    limit: 50,
  },
  model: { id: 'minilm', revision: '1' },
  method: { id: 'lora', settings: { rank: 4 } },
  training: { epochs: 2, seed: 7 },
};

const TEST_FILE = { name: 'test.csv', hash: 'def' };

describe('a request from options', () => {
  test('of a file alone, takes every default', () => {
    expect(request(['some/rows.csv'])).toMatchObject({
      source: { kind: 'file', url: '/t/data', name: 'rows.csv' },
      roles: { text: null, label: null },
      split: { validation: 0.15, test: 0.2, seed: 1 },
      method: { id: 'lora', settings: {} },
      training: {},
      backend: 'auto',
      baselines: true,
      outputs: null,
    });
  });

  test('names samples, and one seed serves split and training', () => {
    const { source, split, training } = request(['sample:support-intents', '--seed', '5']);
    expect(source).toEqual({ kind: 'sample', id: 'support-intents' });
    expect(split.seed).toBe(5);
    expect(training).toEqual({ seed: 5 });
    expect(request(['sample:x', '--seed', '5', '--split-seed', '6']).split.seed).toBe(6);
  });

  test('a model is taken from its folder before that of a saved config', () => {
    const argv = ['x.csv', '--model', '../models/tiny/', '--config', 'run.json'];
    const files = { kind: 'folder', paths: ['config.json', '1_Pooling/config.json'] } as const;
    expect(request(argv, SAVED, files)).toMatchObject({
      model: null,
      modelFiles: {
        ...{ kind: 'folder', name: 'tiny' },
        files: [
          { path: 'config.json', url: '/t/model/0' },
          { path: '1_Pooling/config.json', url: '/t/model/1' },
        ],
      },
    });
    expect(request(argv, SAVED)).toMatchObject({ model: '../models/tiny/', modelFiles: null });
    const address = 'https://example.com/models/tiny.zip';
    expect(request(['x.csv', '--model', address], SAVED)).toMatchObject({
      ...{ model: null, modelFiles: null, modelAddress: address },
    });
    expect(() => request(['x.csv', '--model', 'http://example.com/a.zip'])).toThrow('no address');
    expect(request(['x.csv', '--config', 'run.json'], SAVED).model).toBe('minilm');
  });

  test('options win over a saved config, in a report too', () => {
    const argv = ['rows.csv', '--config', 'run.json', '--rank', '8', '--test', '0.2'];
    for (const saved of [SAVED, { config: SAVED }]) {
      expect(request(argv, saved)).toMatchObject({
        roles: { text: 'body', label: 'kind' },
        split: { validation: 0.1, test: 0.2, seed: 7 },
        limit: 50,
        method: { id: 'lora', settings: { rank: 8 } },
        training: { epochs: 2, seed: 7 },
      });
    }
  });

  test('another method leaves the saved one’s settings behind', () => {
    const { method, training } = request(['rows.csv', '--config', 'run.json', '--method', 'head'], SAVED);
    expect(method).toEqual({ id: 'head', settings: {} });
    expect(training).toEqual({});
  });

  test.each([
    [['--method', 'head'], null, /Say which data/],
    [['x.csv', '--method', 'none'], null, /--method must be one of .*, not “none”/],
    [['x.csv', '--test', '0.9'], null, /--test must be a number from 0\.02 to 0\.5/],
    [['x.csv', '--backend', 'wgpu'], null, /Did you mean “webgpu”/],
    [['x.csv', '--task', 'generate'], null, /--task must be one of classify/],
    [['x.csv', '--baselines', '--no-baselines'], null, /not both/],
    [['x.csv', '--config', 'run.json'], { version: 2 }, /“run\.json” is no run config: version/],
    [
      ['x.csv', '--config', 'run.json'],
      { ...SAVED, data: { ...SAVED.data, testFile: { ...TEST_FILE, options: SAVED.data.options } } },
      /was tested on “test\.csv”/,
    ],
  ])('refuses %j', (argv, config, message) => {
    expect(() => request(argv as string[], config)).toThrow(message);
  });
});

describe('column roles', () => {
  const guess = {
    roles: { text: 'body', label: 'kind' },
    reasons: { text: 'the longest column', label: 'few values' },
  };
  const columns = ['id', 'body', 'kind'];

  test('what was not said is guessed, and told', () => {
    expect(rolesFor({ text: null, label: 'id' }, columns, guess)).toEqual({
      roles: { text: 'body', label: 'id' },
      guessed: { 'data.roles.text': '“body”: the longest column' },
    });
  });

  test('refuses a column that is not there, and a guess that is taken', () => {
    expect(() => rolesFor({ text: 'txt', label: null }, columns, guess)).toThrow(
      /no column “txt”\. There are: id/,
    );
    expect(() => rolesFor({ text: 'kind', label: null }, columns, guess)).toThrow(
      /Which column holds the label\?/,
    );
    expect(() => rolesFor({ text: null, label: null }, columns, { ...guess, roles: null })).toThrow(
      /--text COL/,
    );
  });
});
