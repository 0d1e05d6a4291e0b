import { describe, expect, test } from 'vitest';
import { chatUrl, roughTokens, tokenCost } from './outside';

describe('an address', () => {
  test.each([
    ['http://localhost:11434/v1', 'http://localhost:11434/v1/chat/completions'],
    [' http://127.0.0.1:1234/v1/ ', 'http://127.0.0.1:1234/v1/chat/completions'],
    ['http://192.168.1.20:8080', 'http://192.168.1.20:8080/chat/completions'],
    ['http://172.31.0.1/v1', 'http://172.31.0.1/v1/chat/completions'],
    ['http://[::1]:8080/v1', 'http://[::1]:8080/v1/chat/completions'],
    ['http://[fd00::7]/v1', 'http://[fd00::7]/v1/chat/completions'],
    ['http://studio.local/v1', 'http://studio.local/v1/chat/completions'],
    ['https://api.openai.com/v1', 'https://api.openai.com/v1/chat/completions'],
    ['https://host/v1/chat/completions', 'https://host/v1/chat/completions'],
  ])('%s takes chats at %s', (address, url) => expect(chatUrl(address).href).toBe(url));

  test.each([
    ['', 'is not one'],
    ['localhost:11434', 'must begin with https'],
    ['api.openai.com/v1', 'is not one'],
    ['http://api.openai.com/v1', 'must begin with https'],
    ['http://127.0.0.1.evil.example/v1', 'must begin with https'],
    ['http://10.evil.example/v1', 'must begin with https'],
    ['http://localhost.evil.example/v1', 'must begin with https'],
    ['http://172.32.0.1/v1', 'must begin with https'],
    ['http://8.8.8.8/v1', 'must begin with https'],
    ['file:///etc/passwd', 'must begin with https'],
    ['https://me:sk-secret@host/v1', 'may not hold a name or a password'],
    ['https://host/v1?key=1', 'may not hold “?”'],
  ])('%s is refused', (address, why) => {
    expect(() => chatUrl(address)).toThrow(why);
    expect(() => chatUrl(address)).not.toThrow('sk-secret');
  });
});

test('tokens are about a quarter of the characters, and cost what a millionth of them costs', () => {
  expect(roughTokens('four characters a token')).toBe(6);
  expect(
    tokenCost({ prompt: 2_000_000, completion: 500_000 }, { prompt: 0.15, completion: 0.6 }),
  ).toBeCloseTo(0.6);
});
