/**
 * Questions to a server that speaks the OpenAI chat API (`POST …/chat/completions`; OpenAI's API reference, "Create
 * chat completion"). Failures that pass are tried again; the key goes to this one address and into no message.
 */
import ky, { HTTPError, TimeoutError } from 'ky';
import { z } from 'zod';
import { EngineError } from '../../core/errors';
import { roughTokens } from '../../core/outside';
import { random } from '../../core/random';
import type { Door } from '../../pipeline/ports';

export interface ChatOptions {
  url: URL;
  model: string;
  secret: string | null;
  seed: number;
  answerTokens: number;
  timeoutMs: number;
  /** After the first try. */
  retries: number;
  door: Door;
  signal: AbortSignal;
  now: () => number;
  /** Tokens of a try that brought no answer, by estimate. */
  onUnanswered: (tokens: { prompt: number; completion: number }) => void;
  /** Whether the budget has room for another try. */
  mayRetry: () => boolean;
}

export interface ChatReply {
  /** Null when the reply is not what the API promises. */
  content: string | null;
  promptTokens: number;
  completionTokens: number;
  /** False: the server did not say, and both are estimates. */
  counted: boolean;
  /** Of the try that was answered. */
  ms: number;
}

/** One question stays without an answer; the next may fare better. */
export class NoReply extends Error {}

/** A question is not put again: the budget has no room for it. */
export class OutOfTokens extends Error {}

export interface Chat {
  /** @throws NoReply, OutOfTokens, EngineError when no further question would be answered either, the signal's reason */
  ask(prompt: string): Promise<ChatReply>;
  /** Settings that the server would not take, by their names in the API. */
  refused: ReadonlySet<string>;
}

/** Statuses that pass with time (RFC 9110, RFC 6585); 529 is Anthropic's “overloaded”. */
const PASSING = [408, 425, 429, 500, 502, 503, 504, 529];
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 20_000;
/** A server that asks for more patience is asked again after this. */
const LONGEST_RETRY_AFTER_MS = 120_000;

/** How servers are told that a page of another origin may ask them (CORS). */
const LET_IN =
  'Ollama: set OLLAMA_ORIGINS to this page’s address and restart it. LM Studio: switch “Enable CORS” on.';

const replySchema = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string() }) })).min(1),
  usage: z.object({ prompt_tokens: z.number(), completion_tokens: z.number() }).nullish().catch(null),
});

export function openChat(options: ChatOptions): Chat {
  const { url, secret, signal } = options;
  const headers = authorization(secret);
  const jitter = random(options.seed, 'endpoint-waits');
  const refused = new Set<string>();

  const send = async (prompt: string, settings: Readonly<Record<string, number>>): Promise<ChatReply> => {
    let ms = 0;
    const text = await ky
      .post(url, {
        json: { model: options.model, messages: [{ role: 'user', content: prompt }], ...settings },
        headers,
        signal,
        redirect: 'error',
        timeout: options.timeoutMs,
        fetch: async (input, init) => {
          const start = options.now();
          const asked = roughTokens(prompt);
          try {
            const response = await options.door.fetch(new Request(input, init));
            if (!response.ok) options.onUnanswered({ prompt: asked, completion: 0 });
            ms = options.now() - start;
            return response;
          } catch (error) {
            // Whoever was not waited for may have answered at length.
            options.onUnanswered({ prompt: asked, completion: options.answerTokens });
            throw error;
          }
        },
        hooks: {
          beforeRetry: [
            () => {
              if (!options.mayRetry()) throw new OutOfTokens();
            },
          ],
        },
        retry: {
          limit: options.retries,
          methods: ['post'],
          statusCodes: PASSING,
          afterStatusCodes: PASSING,
          maxRetryAfter: LONGEST_RETRY_AFTER_MS,
          retryOnTimeout: true,
          delay: (attempt) => FIRST_WAIT_MS * 2 ** (attempt - 1),
          jitter: (wait) => wait * (0.5 + jitter.float() / 2),
          backoffLimit: LONGEST_WAIT_MS,
        },
      })
      .text();
    return { ...readReply(text, prompt), ms };
  };

  const ask = async (prompt: string): Promise<ChatReply> => {
    const settings = settingsOf(options, refused);
    try {
      return await send(prompt, settings);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof OutOfTokens) throw error;
      if (error instanceof TimeoutError) throw new NoReply(`no answer within ${options.timeoutMs / 1000} s`);
      if (!(error instanceof HTTPError)) throw unreachable(url);
      const words = await serverWords(error.response, secret);
      const named = refusedSetting(error.response.status, words, settings);
      if (named === null) throw failure(error.response.status, words, options);
      refused.add(named);
      return ask(prompt);
    }
  };
  return { ask, refused };
}

/** Checked first: a browser quotes a header value that it refuses. @throws bad-key */
function authorization(secret: string | null): Record<string, string> {
  if (!secret) return {};
  if (/^[\x21-\x7e]+$/.test(secret)) return { Authorization: `Bearer ${secret}` };
  throw new EngineError({
    code: 'bad-key',
    message: 'The key holds characters that no key has: a blank, a line break or a letter with an accent.',
    hint: 'Copy it again from where it was made.',
  });
}

/** The most likely answer, the same every time, and no longer than needed; less what the server refused before. */
function settingsOf(
  { seed, answerTokens }: ChatOptions,
  refused: ReadonlySet<string>,
): Record<string, number> {
  const wanted = {
    temperature: 0,
    seed,
    // OpenAI's reasoning models know the limit by its newer name alone.
    ...(refused.has('max_tokens') ? { max_completion_tokens: answerTokens } : { max_tokens: answerTokens }),
  };
  return Object.fromEntries(Object.entries(wanted).filter(([name]) => !refused.has(name)));
}

/** The setting that a refusal names, if it is one that was sent and can be done without. */
function refusedSetting(
  status: number,
  words: string,
  settings: Readonly<Record<string, number>>,
): string | null {
  if (status !== 400 && status !== 422) return null;
  return Object.keys(settings).find((name) => new RegExp(`\\b${name}\\b`).test(words)) ?? null;
}

function readReply(text: string, prompt: string): Omit<ChatReply, 'ms'> {
  let parsed: z.infer<typeof replySchema> | undefined;
  try {
    parsed = replySchema.safeParse(JSON.parse(text)).data;
  } catch {
    // Not JSON: a broken reply, as one of another shape is.
  }
  const content = parsed?.choices[0]?.message.content ?? null;
  const { usage } = parsed ?? {};
  return {
    content,
    promptTokens: usage?.prompt_tokens ?? roughTokens(prompt),
    completionTokens: usage?.completion_tokens ?? roughTokens(content ?? ''),
    counted: Boolean(usage),
  };
}

/** What the server says is wrong, cut short and without the key, which some servers repeat. */
async function serverWords(response: Response, secret: string | null): Promise<string> {
  const text = await response.text();
  let words = text;
  try {
    const { error } = z
      .object({ error: z.union([z.string(), z.object({ message: z.string() })]) })
      .parse(JSON.parse(text));
    words = typeof error === 'string' ? error : error.message;
  } catch {
    // Not worded as OpenAI words it: taken as it is.
  }
  return (secret ? words.replaceAll(secret, '…') : words).replace(/\s+/g, ' ').trim().slice(0, 200);
}

function unreachable({ origin }: URL): EngineError {
  return new EngineError({
    code: 'endpoint-unreachable',
    message: `${origin} could not be reached from this page, after every try.`,
    hint: `Is the server running, and does it let this page in? ${LET_IN} An address that leads on to another is not followed.`,
  });
}

function failure(status: number, words: string, { url, model, secret }: ChatOptions): Error {
  const said = words ? ` It says: ${words}` : '';
  switch (status) {
    case 401:
      return new EngineError({
        code: 'endpoint-key',
        message: `${url.host} ${secret ? 'does not accept this key' : 'asks for a key'}.${said}`,
        hint: 'Copy the key again from the provider’s page, and check that the address is the same provider’s.',
      });
    case 402:
    case 403:
      return new EngineError({
        code: 'endpoint-refused',
        message: `${url.host} refuses to answer (${status}).${said}`,
        hint: `The key may lack the right or the credit for this model, or the server does not let this page in. ${LET_IN}`,
      });
    case 404:
    case 405:
      return new EngineError({
        code: 'endpoint-missing',
        message: `There is no model “${model}” at ${url.host}, or no chat at ${url.pathname}.${said}`,
        hint: 'Check the model’s name (`ollama list` shows Ollama’s) and the address, which most often ends in /v1.',
      });
    default:
      return new NoReply(`status ${status}${words ? `: ${words}` : ''}`);
  }
}
