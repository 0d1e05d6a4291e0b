import { MantineProvider } from '@mantine/core';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import { type Consent, EndpointConsent, hasConsent } from './EndpointConsent';

const NONE: Consent = { to: null, secret: '' };
const OLLAMA = 'http://localhost:11434/v1';
const URL_OF_OLLAMA = `${OLLAMA}/chat/completions`;

function page(address: string, consent: Consent): string {
  return renderToStaticMarkup(
    <MantineProvider>
      <EndpointConsent
        address={address}
        model="llama3.2"
        rows={200}
        tokens={{ prompt: 297, completion: 3 }}
        prices={{ prompt: 0.15, completion: 0.6 }}
        consent={consent}
        onChange={() => undefined}
      />
    </MantineProvider>,
  );
}

describe('the consent', () => {
  test('names the address and the amount, and is off until given', () => {
    const html = page(OLLAMA, NONE);
    expect(html).toContain('200 test rows');
    expect(html).toContain(URL_OF_OLLAMA);
    expect(html).toContain('Roughly 60,000 tokens, which cost about 0.00927 at the prices set.');
    expect(html).toContain('Send these rows to http://localhost:11434');
    expect(html).not.toContain('checked=""');
    expect(page(OLLAMA, { to: URL_OF_OLLAMA, secret: '' })).toContain('checked=""');
  });

  test('hides the key, and asks browsers not to remember it', () => {
    const [input = ''] = page(OLLAMA, NONE).match(/<input[^>]*type="password"[^>]*>/) ?? [];
    expect(input).toMatch(/autocomplete="off"/i);
  });

  test('for one address is none for another', () => {
    const given = { to: URL_OF_OLLAMA, secret: '' };
    expect(hasConsent(given, ` ${OLLAMA}/ `)).toBe(true);
    expect(hasConsent(given, 'https://api.openai.com/v1')).toBe(false);
    expect(hasConsent(NONE, OLLAMA)).toBe(false);
    expect(hasConsent(NONE, 'nowhere')).toBe(false);
  });

  test('cannot be given to an address that rows may not go to', () => {
    const html = page('http://api.openai.com/v1', NONE);
    expect(html).toContain('must begin with https://');
    expect(html).not.toContain('<input');
  });
});
