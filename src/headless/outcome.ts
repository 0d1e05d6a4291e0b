/** How a run that did not finish ends for a script: whose fault it was decides the exit code. */
import type { ErrorData } from '../engine/core/errors';
import type { TuneOutcome } from './events';

/**
 * Faults of what the user gave: options, settings, a saved run, a model, the file and its rows. Giving something else helps.
 * Everything else is the machine's, the browser's or Hone's own, where the same command may work another time.
 */
export const INPUT_FAULTS: ReadonlySet<string> = new Set([
  ...['bad-option', 'bad-config', 'bad-setting', 'unknown-method', 'unknown-model', 'unknown-sample'],
  ...['unknown-arm', 'bad-study', 'bad-workshop', 'rows-stay-inside', 'not-agreed', 'other-file'],
  ...['bad-address', 'bad-key', 'budget-spent', 'endpoint-key', 'endpoint-missing'],
  ...['empty-file', 'file-too-large', 'no-rows', 'bad-delimiter', 'too-many-columns'],
  ...['json-syntax', 'json-shape', 'chat-data'],
  ...['parquet-file', 'excel-file', 'zip-file', 'compressed-file', 'pdf-file', 'image-file', 'database-file'],
  ...['web-page', 'binary-file'],
  ...['unknown-column', 'same-column', 'columns-missing', 'unknown-fix', 'bad-run-file', 'newer-run-file'],
  ...['model-file-missing', 'unsafe-pickle', 'unsupported-architecture', 'bad-model-config'],
  ...['bad-model-weights', 'bad-tokenizer', 'bad-safetensors', 'bad-zip', 'bad-zip-path', 'zip-too-large'],
  ...['gated-model', 'hub-denied', 'hub-missing', 'no-room'],
  ...['address-missing', 'no-model-there', 'size-not-told', 'bad-chat-template', 'template-refused'],
  ...['few-rows', 'one-class', 'too-many-classes', 'single-row-class', 'empty-split'],
]);

export function outcomeOf(error: ErrorData): Extract<TuneOutcome, { status: 'refused' | 'failed' }> {
  return { status: INPUT_FAULTS.has(error.code) ? 'refused' : 'failed', error };
}
