/** What an arm (a way of answering the question) says about itself without loading TensorFlow.js. */
import type { Field, Settings } from '../core/fields';

export interface ArmSpec {
  id: string;
  label: string;
  /** One line: what it does, for a product manager. */
  line: string;
  kind: 'floor' | 'prompt' | 'tune' | 'tune-and-prompt';
  /** Where rows go: nowhere, to an address on the network, or to the browser's own model. */
  reach: 'tab' | 'network' | 'browser';
  fields: readonly Field[];
  /** The tuning method it trains with and the training fields that make it this arm; null when it trains nothing. */
  trains: { method: string; training: Settings } | null;
  /** Whether it can be drawn against the number of training rows: it depends on them. */
  learns: boolean;
}
