/**
 * Serves the built app. Threads in WebAssembly need a cross-origin isolated page, so every answer carries the
 * headers for it; nothing outside the served folder can be read.
 * By itself: `node scripts/server.mjs --port 4180 [--not-isolated]`.
 */
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

/** @typedef {(request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse) => Promise<void>} Route */

/** @type {Readonly<Record<string, string>>} */
const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.jsonl': 'application/x-ndjson; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.png': 'image/png',
  '.safetensors': 'application/octet-stream',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
};

const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/**
 * Listens on this machine only. `port` 0 takes a free one. A request whose path `routes` names goes there.
 * @param {{ root: string, port?: number, isolated?: boolean, routes?: ReadonlyMap<string, Route> }} options
 * @returns {Promise<{ url: string, close(): Promise<void> }>} @throws EADDRINUSE
 */
export async function serve({ root, port = 0, isolated = true, routes = new Map() }) {
  const folder = path.resolve(root);
  const policy = await policyOf(folder);
  const server = createServer(async (request, response) => {
    try {
      for (const [name, value] of Object.entries(isolated ? ISOLATION : {})) response.setHeader(name, value);
      response.setHeader('X-Content-Type-Options', 'nosniff');
      const wanted = pathOf(request.url ?? '/');
      const rules = doorPolicy(wanted, request.url ?? '/') ?? policy;
      if (rules) response.setHeader('Content-Security-Policy', rules);
      const route = wanted === null ? undefined : routes.get(wanted);
      if (route) await route(request, response);
      else await sendFile(folder, wanted, request, response);
    } catch (error) {
      if (!response.headersSent) response.writeHead(500).end('Could not be served.');
      else response.destroy();
      if (!isHangUp(error)) console.error(error);
    }
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(undefined));
  });
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/**
 * The security policy that index.html states, sent as a header too: a worker obeys only its own file's header.
 * @param {string} folder
 */
async function policyOf(folder) {
  const page = await readFile(path.join(folder, 'index.html'), 'utf8').catch(() => '');
  return /http-equiv="Content-Security-Policy"\s+content="([^"]+)"/.exec(page)?.[1] ?? null;
}

/**
 * The door's own policy: it may reach the one origin that its address names, and for a hub the file stores it names. Whether the user agreed to that one is
 * for the page to see to: the server cannot know (docs/decisions/0007).
 * @param {string | null} wanted
 * @param {string} url
 */
function doorPolicy(wanted, url) {
  if (!wanted || !/^[/]assets[/]door[.]worker-[\w-]+[.]js$/.test(wanted)) return null;
  const asked = new URL(url, 'http://host').searchParams;
  const origins = [asked.get('to') ?? '', ...asked.getAll('store')].map((address, i) => {
    const to = URL.parse(address);
    const whole = to !== null && /^https?:$/.test(to.protocol);
    return whole && (i > 0 ? STORE : NO_WILDCARD).test(to.origin) ? to.origin : null;
  });
  const named = origins.every((origin) => origin !== null);
  return `default-src 'none'; connect-src ${named ? origins.join(' ') : "'none'"}`;
}

const NO_WILDCARD = /^[^*]+$/;
/** One origin, or all hosts below a domain of at least two names. */
const STORE = /^https?:[/][/]([*][.][^*.]+[.])?[^*]+$/;

/**
 * The path asked for, decoded; null when it is none.
 * @param {string} url
 */
function pathOf(url) {
  try {
    return decodeURIComponent(new URL(url, 'http://host').pathname);
  } catch {
    return null;
  }
}

/**
 * @param {string} folder
 * @param {string | null} wanted
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
async function sendFile(folder, wanted, request, response) {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { Allow: 'GET, HEAD' }).end();
    return;
  }
  const found = wanted === null ? null : await find(folder, wanted);
  if (!found) {
    response.writeHead(404, { 'Content-Type': 'text/plain' }).end('Not found.');
    return;
  }
  const etag = `"${found.size.toString(16)}-${Math.floor(found.mtimeMs).toString(16)}"`;
  // Vite puts a hash of the content into the names under assets/, so those never change.
  const lasting = path.relative(folder, found.file).startsWith(`assets${path.sep}`);
  response.setHeader('ETag', etag);
  response.setHeader('Cache-Control', lasting ? 'public, max-age=31536000, immutable' : 'no-cache');
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304).end();
    return;
  }
  response.setHeader('Content-Type', TYPES[path.extname(found.file)] ?? 'application/octet-stream');
  response.setHeader('Content-Length', found.size);
  if (request.method === 'HEAD') response.end();
  else await pipeline(createReadStream(found.file), response);
}

/**
 * The file for a path. A path without an extension is a screen of the app and gets its page.
 * @param {string} folder
 * @param {string} wanted
 */
async function find(folder, wanted) {
  if (wanted.includes('\0')) return null;
  const file = path.join(folder, path.normalize(path.extname(wanted) === '' ? '/index.html' : wanted));
  if (!file.startsWith(folder + path.sep)) return null;
  try {
    const stats = await stat(file);
    return stats.isFile() ? { file, size: stats.size, mtimeMs: stats.mtimeMs } : null;
  } catch {
    return null;
  }
}

/**
 * The browser closed the connection before the end, as it may.
 * @param {unknown} error
 */
function isHangUp(error) {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  return code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ECONNRESET' || code === 'EPIPE';
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { values } = parseArgs({
    options: { port: { type: 'string', default: '0' }, 'not-isolated': { type: 'boolean', default: false } },
  });
  const root = path.join(import.meta.dirname, '..', 'dist');
  const { url } = await serve({ root, port: Number(values.port), isolated: !values['not-isolated'] });
  console.log(url);
}
