/** What a yes holds for, and where a key goes. */
import { describe, expect, test } from 'vitest';
import type { ArmChoice } from '../engine/core/study';
import { STUDY_CONFIG } from '../engine/testing/testStudy';
import { type ArmConsent, NO_CONSENT, secretsFor, termsOf, withoutConsent } from './consents';

const { data } = STUDY_CONFIG;
const endpoint = (settings: ArmChoice['settings'] = {}, key = 'endpoint'): ArmChoice => ({
  ...{ key, arm: 'endpoint', training: {} },
  settings: { address: 'https://a.example/v1', ...settings },
});

describe('a yes', () => {
  const given = { endpoint: { ...NO_CONSENT, terms: termsOf(endpoint(), data) } };

  test('holds for what was put to the user', () => {
    expect(withoutConsent([endpoint()], data, given)).toBeNull();
    expect(withoutConsent([endpoint({ address: ' https://a.example/v1/ ' })], data, given)).toBeNull();
    expect(withoutConsent([{ ...endpoint(), key: 'lora', arm: 'lora' }], data, {})).toBeNull();
  });

  test.each([
    ['another address', endpoint({ address: 'https://b.example/v1' }), data],
    ['more rows', endpoint({ rowLimit: 100_000 }), data],
    ['more training rows as examples', endpoint({ shots: 32 }), data],
    ['another file', endpoint(), { ...data, hash: 'hash-b' }],
    ['another column', endpoint(), { ...data, roles: { text: 'notes', label: 'label' } }],
    [
      'another test file',
      endpoint(),
      { ...data, testFile: { name: 't', hash: 'hash-t', options: data.options } },
    ],
    ['an address that is none', endpoint({ address: 'nowhere' }), data],
    ['another way', endpoint({}, 'endpoint-2'), data],
  ])('does not hold for %s', (_what, choice, rows) => {
    expect(withoutConsent([choice], rows, given)).toBe(choice);
  });
});

test('a key goes to the site that it was typed for, and only for ways of this study', () => {
  const typed: ArmConsent = { terms: null, secret: 'sk-1', origin: 'https://a.example' };
  const consents = { endpoint: typed, 'endpoint-2': typed, other: typed };
  expect(
    secretsFor([endpoint(), endpoint({ address: 'https://b.example/v1' }, 'endpoint-2')], consents),
  ).toEqual({ endpoint: 'sk-1' });
  expect(secretsFor([endpoint({ address: 'https://a.example/v2' })], consents)).toEqual({
    endpoint: 'sk-1',
  });
});
