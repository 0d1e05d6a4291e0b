/**
 * A server that speaks the OpenAI chat API as far as Hone uses it, answers by keywords and misbehaves on demand; it
 * records all it is sent. For the unit tests of the endpoint arm and the journeys.
 */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How one request is answered. */
export type Reply =
  /** By the keywords. */
  | 'answer'
  /** This text as the model's answer. */
  | { say: string }
  /** A status with a message, as OpenAI words its errors, and a Retry-After where one is given. */
  | { status: number; message?: string; retryAfter?: string }
  /** 200 with a body that is not what was agreed. */
  | { body: string }
  /** Sends the browser elsewhere. */
  | { location: string }
  /** Says nothing until the connection is closed. */
  | 'hang'
  /** Closes the connection without a word. */
  | 'drop';

export interface ChatRequest {
  model: string;
  messages: { role: string; content: string }[];
  [setting: string]: unknown;
}

export interface SeenRequest {
  headers: IncomingHttpHeaders;
  body: ChatRequest;
  /** Milliseconds, on the server's clock. */
  at: number;
}

export interface ChatServerOptions {
  /** The answer is the label of the first pattern found in what follows the prompt's last “Text:”. */
  rules: readonly (readonly [RegExp, string])[];
  /** How the n-th request is answered, from 0. */
  reply?: (index: number, request: ChatRequest) => Reply;
  /** Demanded as bearer token, where given. */
  key?: string;
  /** Lets pages of other origins in, as `OLLAMA_ORIGINS=*` does. */
  cors?: boolean;
  /** Tells how many tokens were used: a token a word. */
  usage?: boolean;
  /** Milliseconds before each answer. */
  delay?: number;
}

export interface ChatServer {
  /** The base address: 'http://127.0.0.1:PORT/v1'. */
  url: string;
  requests: readonly SeenRequest[];
  /** The most requests that were open at one time. */
  readonly mostAtOnce: number;
  close(): Promise<void>;
}

export async function startChatServer(options: ChatServerOptions): Promise<ChatServer> {
  const requests: SeenRequest[] = [];
  let open = 0;
  let mostAtOnce = 0;
  const server = createServer(async (request, response) => {
    open += 1;
    mostAtOnce = Math.max(mostAtOnce, open);
    response.once('close', () => {
      open -= 1;
    });
    if (options.cors ?? true) allowAll(response);
    if (request.method === 'OPTIONS') {
      response.writeHead(204).end();
      return;
    }
    const body = JSON.parse(await textOf(request)) as ChatRequest;
    const index = requests.push({ headers: request.headers, body, at: performance.now() }) - 1;
    await new Promise((resolve) => setTimeout(resolve, options.delay ?? 0));
    send(response, refusal(request, options) ?? options.reply?.(index, body) ?? 'answer', body, options);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    get mostAtOnce() {
      return mostAtOnce;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function allowAll(response: ServerResponse): void {
  response.setHeader('Access-Control-Allow-Origin', '*');
  response.setHeader('Access-Control-Allow-Headers', 'authorization, content-type');
  response.setHeader('Access-Control-Expose-Headers', 'retry-after');
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text;
}

function refusal({ url, headers }: IncomingMessage, { key }: ChatServerOptions): Reply | null {
  if (url !== '/v1/chat/completions') return { status: 404, message: `nothing at ${url}` };
  if (key !== undefined && headers.authorization !== `Bearer ${key}`) {
    // Careless servers repeat what they were given.
    return { status: 401, message: `Incorrect API key provided: ${headers.authorization ?? 'none'}` };
  }
  return null;
}

function send(response: ServerResponse, reply: Reply, body: ChatRequest, options: ChatServerOptions): void {
  const json = (status: number, value: unknown): void => {
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));
  };
  if (reply === 'hang') return;
  if (reply === 'drop') {
    response.destroy();
    return;
  }
  if (reply === 'answer') json(200, completion(answerOf(body, options), body, options));
  else if ('say' in reply) json(200, completion(reply.say, body, options));
  else if ('body' in reply) response.writeHead(200, { 'Content-Type': 'application/json' }).end(reply.body);
  else if ('location' in reply) response.writeHead(307, { Location: reply.location }).end();
  else {
    if (reply.retryAfter !== undefined) response.setHeader('Retry-After', reply.retryAfter);
    json(reply.status, { error: { message: reply.message ?? `status ${reply.status}` } });
  }
}

function answerOf({ messages }: ChatRequest, { rules }: ChatServerOptions): string {
  const asked = messages.at(-1)?.content.split('Text:').at(-1) ?? '';
  return rules.find(([pattern]) => pattern.test(asked))?.[1] ?? 'I cannot tell.';
}

function completion(content: string, { model, messages }: ChatRequest, { usage = true }: ChatServerOptions) {
  const words = (text: string): number => text.split(/\s+/).filter(Boolean).length;
  return {
    object: 'chat.completion',
    model,
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    ...(usage && {
      usage: {
        prompt_tokens: messages.reduce((sum, message) => sum + words(message.content), 0),
        completion_tokens: words(content),
      },
    }),
  };
}
