/**
 * Errors as data. Every failure that a person can meet is an `EngineError` with a stable code, a sentence
 * that names the place, and a hint that names the way out. It crosses the worker boundary unchanged.
 */
import { z } from 'zod';

export const errorDataSchema = z.object({
  code: z.string().regex(/^[a-z0-9-]+$/),
  /** What happened and where (file, line, field), with the numbers. */
  message: z.string(),
  /** The way out, as an instruction. */
  hint: z.string().optional(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
});
export type ErrorData = z.infer<typeof errorDataSchema>;

export class EngineError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly details: ErrorData['details'];

  constructor(data: ErrorData, options?: { cause?: unknown }) {
    super(data.message, options);
    this.name = 'EngineError';
    this.code = data.code;
    this.hint = data.hint;
    this.details = data.details;
  }

  toData(): ErrorData {
    return {
      code: this.code,
      message: this.message,
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      ...(this.details === undefined ? {} : { details: this.details }),
    };
  }
}

/** Any thrown value as error data; an unexpected one keeps its own message under the code `unexpected`. */
export function toErrorData(thrown: unknown): ErrorData {
  if (thrown instanceof EngineError) return thrown.toData();
  if (isAbort(thrown)) return { code: 'cancelled', message: 'Cancelled.' };
  if (isQuota(thrown)) {
    return {
      code: 'storage-full',
      message: 'The browser has no room left to store this.',
      hint: 'Delete old runs under “Runs”, or free disk space, then try again. Nothing already saved is lost.',
    };
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: 'unexpected', message, hint: 'Reload the page; your data and finished runs are kept.' };
}

export function isAbort(thrown: unknown): boolean {
  return thrown instanceof DOMException && thrown.name === 'AbortError';
}

function isQuota(thrown: unknown): boolean {
  return thrown instanceof DOMException && thrown.name === 'QuotaExceededError';
}
