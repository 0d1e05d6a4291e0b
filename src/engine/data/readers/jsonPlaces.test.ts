import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findSyntaxError, linesOf, valuesFrom } from './jsonPlaces';

const isValid = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe('findSyntaxError', () => {
  it('agrees with JSON.parse on valid and on damaged JSON', () => {
    const damaged = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', '"', '}', ']', '0', '\\', '\n', 'nul'))
      .map(([json, at, insert]) => {
        const place = at % (json.length + 1);
        return json.slice(0, place) + insert + json.slice(place + 1);
      });
    fc.assert(
      fc.property(fc.oneof(fc.json(), damaged), (text) => {
        expect(findSyntaxError(text) === null).toBe(isValid(text));
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    ['{"a": 1,}', 8],
    ['[1 2]', 3],
    ['{"a" 1}', 5],
    ['{a: 1}', 1],
    ['[01]', 2],
    ['["\t"]', 1],
    ['[1]]', 3],
    ['[1', 2],
    ['', 0],
    ['[tru]', 1],
  ])('%j breaks at %i', (text, offset) => {
    expect(findSyntaxError(text)).toBe(offset);
  });
});

describe('valuesFrom', () => {
  it('finds each value of lists and objects where it stands', () => {
    const text = '{"a": [1, "]"],\n "b\\"": {"c": 2},\n\n"d": "x"}';
    const places = valuesFrom(text, 0);
    expect(places.map(({ key }) => key)).toEqual(['a', 'b"', 'd']);
    expect(places.map(({ offset }) => text[offset])).toEqual(['[', '{', '"']);
    expect(linesOf(text, places)).toEqual([1, 2, 4]);
    expect(valuesFrom(text, places[0]?.offset ?? 0).map(({ offset }) => text[offset])).toEqual(['1', '"']);
  });

  it('counts the values of any list', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (values) => {
        const text = JSON.stringify(values, null, 2);
        const places = valuesFrom(text, 0);
        expect(places).toHaveLength(values.length);
        const starts = places.map(({ offset }) => text[offset]);
        expect(starts).toEqual(values.map((value) => JSON.stringify(value)[0]));
      }),
    );
  });
});
