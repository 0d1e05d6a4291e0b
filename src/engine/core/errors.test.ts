/** Whatever is thrown becomes data that a page can show and act on. */
import { describe, expect, test } from 'vitest';
import { EngineError, errorDataSchema, isAbort, toErrorData } from './errors';

describe('error data', () => {
  const full = {
    code: 'bad-setting',
    message: 'rank 64 > width 48',
    hint: 'Lower it.',
    details: { field: 'rank', most: 48 },
  };

  test.each([full, { code: 'cancelled', message: 'Cancelled.' }])('survives being thrown: $code', (data) => {
    const error = new EngineError(data);
    expect(error).toBeInstanceOf(Error);
    expect(toErrorData(error)).toEqual(data);
    expect(errorDataSchema.parse(structuredClone(toErrorData(error)))).toEqual(data);
  });

  test.each([
    [new DOMException('x', 'AbortError'), 'cancelled'],
    [new DOMException('x', 'QuotaExceededError'), 'storage-full'],
    [new DOMException('x', 'NotFoundError'), 'unexpected'],
    [new TypeError('y is not a function'), 'unexpected'],
    ['only words', 'unexpected'],
    [undefined, 'unexpected'],
  ])('of %s has the code %s', (thrown, code) => {
    expect(errorDataSchema.parse(toErrorData(thrown)).code).toBe(code);
  });

  test('an unexpected one keeps its own words', () => {
    expect(toErrorData(new TypeError('y is not a function')).message).toBe('y is not a function');
    expect(toErrorData('only words').message).toBe('only words');
  });

  test('only an abort is an abort', () => {
    expect(isAbort(new DOMException('x', 'AbortError'))).toBe(true);
    expect(isAbort(new Error('AbortError'))).toBe(false);
  });
});
