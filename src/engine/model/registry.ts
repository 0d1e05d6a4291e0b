/** Model families, one line each, by `model_type` of config.json. */
import { EngineError } from '../core/errors';
import { bertFamily } from './bert';
import { distilbertFamily } from './distilbert';
import type { Family } from './family';
import { gpt2Family } from './gpt2';
import { llamaFamily } from './llama';
import { modernbertFamily } from './modernbert';
import { qwen2Family, qwen3Family } from './qwen';
import { robertaFamily, xlmRobertaFamily } from './roberta';

const FAMILIES: ReadonlyMap<string, Family> = new Map(
  [
    bertFamily,
    distilbertFamily,
    robertaFamily,
    xlmRobertaFamily,
    modernbertFamily,
    gpt2Family,
    llamaFamily,
    qwen2Family,
    qwen3Family,
  ].map((family) => [family.id, family]),
);

/** @throws unsupported-architecture */
export function familyOf(config: unknown): Family {
  const type = (config as { model_type?: unknown } | null)?.model_type;
  const family = typeof type === 'string' ? FAMILIES.get(type) : undefined;
  if (family) return family;
  throw new EngineError({
    code: 'unsupported-architecture',
    message: `config.json says model_type “${String(type)}”, which Hone cannot run.`,
    hint: `Choose a model of one of these families: ${[...FAMILIES.keys()].join(', ')}.`,
  });
}
