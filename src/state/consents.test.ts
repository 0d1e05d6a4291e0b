/** What a yes holds for, and where a key goes. */
import { describe, expect, test } from 'vitest';
import type { ArmChoice } from '../engine/core/study';
import { STUDY_CONFIG } from '../engine/testing/testStudy';
import { type ArmConsent, NO_CONSENT, type Sent, secretsFor, termsOf, withoutConsent } from './consents';

const { data } = STUDY_CONFIG;
const endpoint = (settings: ArmChoice['settings'] = {}, key = 'endpoint'): ArmChoice => ({
  ...{ key, arm: 'endpoint', training: {} },
  settings: { address: 'https://a.example/v1', ...settings },
});
const withData = (changes: Partial<Sent['data']>): Sent => ({
  ...STUDY_CONFIG,
  data: { ...data, ...changes },
});

describe('a yes', () => {
  const given = { endpoint: { ...NO_CONSENT, terms: termsOf(endpoint(), STUDY_CONFIG) } };

  test('holds for what was put to the user', () => {
    expect(withoutConsent([endpoint()], STUDY_CONFIG, given)).toBeNull();
    expect(
      withoutConsent([endpoint({ address: ' https://a.example/v1/ ' })], STUDY_CONFIG, given),
    ).toBeNull();
    expect(withoutConsent([endpoint({ timeout: 5, retries: 0, atOnce: 8 })], STUDY_CONFIG, given)).toBeNull();
    expect(withoutConsent([{ ...endpoint(), key: 'lora', arm: 'lora' }], STUDY_CONFIG, {})).toBeNull();
  });

  test.each([
    ['another address', endpoint({ address: 'https://b.example/v1' }), STUDY_CONFIG],
    ['another model there', endpoint({ model: 'another' }), STUDY_CONFIG],
    ['another prompt', endpoint({ prompt: '{{labels}} {{text}}' }), STUDY_CONFIG],
    ['more rows', endpoint({ rowLimit: 100_000 }), STUDY_CONFIG],
    ['more tokens', endpoint({ tokenLimit: 300_000 }), STUDY_CONFIG],
    ['longer answers', endpoint({ answerTokens: 4096 }), STUDY_CONFIG],
    ['more training rows as examples', endpoint({ shots: 32 }), STUDY_CONFIG],
    ['other examples', endpoint(), { ...STUDY_CONFIG, examples: { a: ['written'] } }],
    ['other descriptions', endpoint(), { ...STUDY_CONFIG, descriptions: { a: 'in words' } }],
    ['another file', endpoint(), withData({ hash: 'hash-b' })],
    ['another column', endpoint(), withData({ roles: { text: 'notes', label: 'label' } })],
    [
      'another test file',
      endpoint(),
      withData({ testFile: { name: 't', hash: 'hash-t', options: data.options } }),
    ],
    ['an address that is none', endpoint({ address: 'nowhere' }), STUDY_CONFIG],
    ['another way', endpoint({}, 'endpoint-2'), STUDY_CONFIG],
  ])('does not hold for %s', (_what, choice, sent) => {
    expect(withoutConsent([choice], sent, given)).toBe(choice);
  });

  test('to a prompt without examples holds whatever examples are written', () => {
    const none = endpoint({ shots: 0 });
    const yes = { endpoint: { ...NO_CONSENT, terms: termsOf(none, STUDY_CONFIG) } };
    expect(withoutConsent([none], { ...STUDY_CONFIG, examples: { a: ['written'] } }, yes)).toBeNull();
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
