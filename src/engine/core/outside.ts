/** What leaves the tab for another address: which addresses may be written to, and roughly how much it is. */
import { EngineError } from './errors';

/** This computer and private networks, as URL parsers spell hosts (RFC 1918, 3927, 4193, 4291, 6761, 6762). */
const PRIVATE_HOST = new RegExp(
  [
    '^(.+[.])?localhost$|[.]local$',
    '^(127|10)([.]\\d+){3}$|^(192[.]168|169[.]254|172[.](1[6-9]|2\\d|3[01]))([.]\\d+){2}$',
    '^\\[(::1|f[cd][0-9a-f]{2}:.+|fe[89ab][0-9a-f]:.+)\\]$',
  ].join('|'),
);

const PATH = '/chat/completions';

/**
 * Where a base address such as `http://localhost:11434/v1` takes chat requests. Rows and keys go over https, or over
 * plain http no further than this computer or a private network. @throws bad-address
 */
export function chatUrl(address: string): URL {
  const refuse = (why: string): EngineError =>
    new EngineError({
      code: 'bad-address',
      message: `The address ${why}.`,
      hint: 'Give the base address of the server, such as http://localhost:11434/v1 or https://api.openai.com/v1.',
      details: { field: 'address' },
    });
  const url = URL.parse(address.trim());
  if (!url) throw refuse('is not one');
  if (url.username || url.password) throw refuse('may not hold a name or a password: give the key by itself');
  if (url.search || url.hash) throw refuse('may not hold “?” or “#”');
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && PRIVATE_HOST.test(url.hostname))) {
    throw refuse('must begin with https:// unless the server is on this computer or a private network');
  }
  const base = url.pathname.replace(/\/+$/, '');
  url.pathname = base.endsWith(PATH) ? base : base + PATH;
  return url;
}

/** Whether rows sent there go no further than this computer or a private network; false for what is no address. */
export function staysInside(address: string): boolean {
  const url = URL.parse(address.trim());
  return url !== null && PRIVATE_HOST.test(url.hostname);
}

/** English text has about four characters a token (OpenAI's rule of thumb); for estimates before anyone counts. */
export function roughTokens(text: string): number {
  return Math.ceil(text.length / 4);
}

/** What tokens cost at prices per million, in the prices' own currency. */
export function tokenCost(
  tokens: { prompt: number; completion: number },
  prices: { prompt: number; completion: number },
): number {
  return (tokens.prompt * prices.prompt + tokens.completion * prices.completion) / 1e6;
}
