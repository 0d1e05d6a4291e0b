import { describe, expect, it } from 'vitest';
import { METHODS, methodDefaults } from '../../engine/catalog';
import { bertFamily } from '../../engine/model/bert';
import { layersFromKey, layersText } from '../fields/layerSteps';
import { partsText } from './partsText';

const { shape } = bertFamily.fromConfig({
  model_type: 'bert',
  hidden_size: 384,
  num_hidden_layers: 6,
  num_attention_heads: 12,
  intermediate_size: 1536,
  vocab_size: 30_522,
  max_position_embeddings: 512,
});

describe('the picture in words', () => {
  it('says for each method what moves and what stays', () => {
    const texts = Object.fromEntries(
      METHODS.map((spec) => [spec.id, partsText(spec.parts(shape, methodDefaults(spec.id)))]),
    );
    expect(texts).toEqual({
      lora: 'Word vectors kept as they were; layers 1 to 6 kept, with adapters beside them; classifier trained',
      layerwise:
        'Word vectors kept as they were; layers 1 to 4 kept as they were; layers 5 to 6 trained; classifier trained',
      full: 'Word vectors trained; layers 1 to 6 trained; classifier trained',
      head: 'Word vectors kept as they were; layers 1 to 6 kept as they were; classifier trained',
      dora: 'Word vectors kept as they were; layers 1 to 6 kept, with adapters beside them; classifier trained',
      adapter:
        'Word vectors kept as they were; layers 1 to 6 kept, with adapters beside them; classifier trained',
      ia3: 'Word vectors kept as they were; layers 1 to 6 kept, with adapters beside them; classifier trained',
      bitfit: 'Word vectors partly trained; layers 1 to 6 partly trained; classifier trained',
      prompt:
        'Word vectors kept, with adapters beside them; layers 1 to 6 kept as they were; classifier trained',
      prefix:
        'Word vectors kept as they were; layers 1 to 6 kept, with adapters beside them; classifier trained',
      scratch: 'Word vectors trained; layers 1 to 6 trained; classifier trained',
    });
  });
});

describe('layer picker', () => {
  it('moves by arrows and jumps to the ends', () => {
    expect(layersFromKey('ArrowUp', 2, 6)).toBe(3);
    expect(layersFromKey('ArrowLeft', 1, 6)).toBe(1);
    expect(layersFromKey('PageUp', 5, 6)).toBe(6);
    expect(layersFromKey('End', 2, 6)).toBe(6);
    expect(layersFromKey('Home', 4, 6)).toBe(1);
    expect(layersFromKey('Tab', 4, 6)).toBeNull();
  });
  it('names the layers that move', () => {
    expect(layersText(1, 6)).toBe('1 of 6 layers moves: layer 6');
    expect(layersText(2, 6)).toBe('2 of 6 layers move: 5 and 6');
    expect(layersText(4, 6)).toBe('4 of 6 layers move: 3 to 6');
    expect(layersText(6, 6)).toBe('all 6 layers move');
  });
});
