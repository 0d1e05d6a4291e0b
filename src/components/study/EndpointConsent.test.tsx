import { MantineProvider } from '@mantine/core';
import { renderToStaticMarkup } from 'react-dom/server';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Settings } from '../../engine/core/fields';
import type { ArmChoice } from '../../engine/core/study';
import { STUDY_CONFIG } from '../../engine/testing/testStudy';
import { consentsStore, type ArmConsent as Given, NO_CONSENT, termsOf } from '../../state/consents';
import { ArmConsent } from './ArmConsent';

const OLLAMA = 'http://localhost:11434/v1';
const ROWS = { labels: ['a', 'b'], testRows: 300, textTokens: 10 };
const choiceOf = (settings: Settings): ArmChoice => ({
  ...{ key: 'endpoint', arm: 'endpoint', training: {} },
  settings: { address: OLLAMA, ...settings } as ArmChoice['settings'],
});

function page(settings: Settings = {}): string {
  return renderToStaticMarkup(
    <MantineProvider>
      <ArmConsent choice={choiceOf(settings)} study={STUDY_CONFIG} rows={ROWS} />
    </MantineProvider>,
  );
}

/** A page drawn without a browser reads what a store began with. */
const given = (endpoint: Given): unknown =>
  vi.spyOn(consentsStore, 'getInitialState').mockReturnValue({ endpoint });

afterEach(() => vi.restoreAllMocks());

describe('the consent', () => {
  test('names the address, the test rows and the training rows, and is off until given', () => {
    const html = page();
    expect(html).toContain('200 test rows');
    expect(html).toContain('up to 2 training rows of every label');
    expect(html).toContain(`${OLLAMA}/chat/completions`);
    expect(html).toContain('Send these rows to http://localhost:11434');
    expect(html).not.toContain('checked=""');
    given({ ...NO_CONSENT, terms: termsOf(choiceOf({}), STUDY_CONFIG) });
    expect(page()).toContain('checked=""');
    expect(page({ rowLimit: 250 })).not.toContain('checked=""');
  });

  test('says that no training row is sent where the prompt shows none', () => {
    expect(page({ shots: 0 })).toContain('No training row is sent.');
    expect(page({ prompt: '{{labels}} {{text}}' })).toContain('No training row is sent.');
  });

  test('tells roughly how much it will be, up to the budget, and what it costs', () => {
    const settings = { prompt: '{{examples}}{{text}}', shots: 1, answerTokens: 8, promptPrice: 1000 };
    // Two examples of 57 letters and a text of 40: 39 tokens, and 8 answered.
    expect(page(settings)).toContain('Roughly 9,400 tokens, which cost about 7.8 at the prices set.');
    expect(page({ ...settings, tokenLimit: 4700 })).toContain('Roughly 4,700 tokens, which cost about 3.9');
  });

  test('is drawn without an estimate while a number is half-typed', () => {
    for (const shots of [2.5, -1, 1e12]) expect(page({ shots })).not.toContain('Roughly');
  });

  test('hides the key, and asks browsers not to remember it', () => {
    const [input = ''] = page().match(/<input[^>]*type="password"[^>]*>/) ?? [];
    expect(input).toMatch(/autocomplete="off"/i);
  });

  test('shows a key at the site that it was typed for alone', () => {
    given({ terms: null, secret: 'sk-1', origin: 'http://localhost:11434' });
    expect(page()).toContain('value="sk-1"');
    expect(page({ address: 'https://api.example.com/v1' })).not.toContain('sk-1');
  });

  test('cannot be given to an address that rows may not go to', () => {
    const html = page({ address: 'http://api.openai.com/v1' });
    expect(html).toContain('must begin with https://');
    expect(html).not.toContain('<input');
  });
});
