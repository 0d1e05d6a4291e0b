/** What an export is made of. Plain values only: nothing here knows how a model runs. */
import type { ModelShape, Pooling } from '../core/modelShape';
import type { Predictions, RunReport } from '../core/report';
import type { FloatTensor } from '../core/safetensors';
import type { StockForm } from '../model/stock';
import type { Padding } from '../text/tokenizer';

/** The model that was tuned. */
interface ExportBase {
  id: string;
  revision: string;
  /** As people know it. */
  name: string;
  /** SPDX identifier of the weights' licence. */
  licence: string;
  /** What the base itself was made from. */
  sources: readonly { name: string; url: string; licence: string }[];
  shape: ModelShape;
  /** Its own weights by checkpoint name without prefix. */
  weights: readonly { name: string; shape: readonly number[]; transposed?: boolean }[];
  pooling: Pooling;
  featureScale: number;
  stock: StockForm;
  /** config.json, tokenizer.json and tokenizer_config.json, as text. */
  config: string;
  tokenizer: string;
  tokenizerConfig: string;
  padding: Padding;
}

/** What was trained beside the base. */
export interface AdapterContent {
  /** The method's own fields of peft's adapter_config.json; null where peft has no such adapter. */
  peft: Readonly<Record<string, unknown>> | null;
  /** The added weights by checkpoint name without prefix, in torch layout. */
  added: readonly { name: string; shape: readonly number[] }[];
}

/** Learned positions before every text, P of them. */
export interface VirtualSettings {
  kind: 'prompt' | 'prefix';
  count: number;
}

/** Everything but the weights: enough for the file list, the card and the snippets. */
export interface ExportMeta {
  report: RunReport;
  predictions: Predictions;
  base: ExportBase;
  /** Texts were cut after this many tokens. */
  maxLength: number;
  /** Whether every weight of the base was drawn anew: its architecture and its tokenizer alone are left of it. */
  anew: boolean;
  /** Null for a whole model. */
  adapter: AdapterContent | null;
  /** Null without learned positions. */
  virtual: VirtualSettings | null;
}

/**
 * With the weights, by checkpoint name without prefix and in torch layout (linear [out, in]):
 * `encoder.layer.0.attention.self.query.weight`, `classifier.weight` [K, D], `classifier.bias` [K]. A whole model
 * comes merged. An adapter comes as the untouched base, plus the weights that it names as added; learned positions as
 * `prompt_embeddings`: [P, D], for a prefix [P, 2·L·D].
 */
export interface ExportInput extends ExportMeta {
  tensors: ReadonlyMap<string, FloatTensor>;
}

/** One file of the zip, in pieces that are made only when asked for. */
export interface ExportFile {
  path: string;
  bytes: number;
  /** Programs or people that read it. */
  opensIn: string;
  /** False for bytes that do not shrink (trained weights). */
  compress: boolean;
}

export interface ExportContent extends ExportFile {
  parts: readonly Uint8Array[];
}

export interface Snippet {
  title: string;
  language: string;
  code: string;
}
