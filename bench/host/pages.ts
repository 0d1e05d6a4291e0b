/** Bundles the bench's pages, serves them as the studio is served, and opens them in a headless Chromium. */
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { cpus } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Browser, chromium } from '@playwright/test';
import { build } from 'vite';
import { browserFlags, ensureBrowser } from '../../scripts/browser.mjs';
import { serve } from '../../scripts/server.mjs';
import type { EngineName, JobName, Jobs, Place } from '../jobs';

const FOLDER = '.cache/bench/pages';
export const ONNX_FILE = '.cache/bench/minilm.onnx';
export const ORT_FOLDER = 'bench/node_modules/onnxruntime-web/dist';

export interface Contender {
  engine: EngineName;
  place: Place;
}

/** A page with its engine running. */
interface OpenPage {
  run<K extends JobName>(name: K, params: Jobs[K]['params']): Promise<Jobs[K]['result']>;
}

export interface Pages {
  /** Opens a fresh page, works in it and closes it. */
  visit<T>(contender: Contender, work: (page: OpenPage) => Promise<T>): Promise<T>;
  browserVersion: string;
  threads: number;
  /** What the browser says its WebGPU adapter is. */
  adapter: string;
  /** Whether that is the processor in disguise. */
  isSoftware: boolean;
  close(): Promise<void>;
}

async function bundle(): Promise<void> {
  await build({
    configFile: 'vite.config.ts',
    logLevel: 'warn',
    build: {
      outDir: FOLDER,
      emptyOutDir: true,
      minify: false,
      rolldownOptions: { input: 'bench/page.html' },
    },
  });
}

type Route = Parameters<typeof serve>[0]['routes'] extends ReadonlyMap<string, infer R> | undefined
  ? R
  : never;

function file(name: string, type: string): Route {
  return async (_request, response) => {
    const { size } = await stat(name);
    response.setHeader('Content-Type', type);
    response.setHeader('Content-Length', size);
    await pipeline(createReadStream(name), response);
  };
}

/** The peers' files, which are not bundled. */
async function routes(): Promise<Map<string, Route>> {
  const found = new Map<string, Route>([['/onnx/minilm.onnx', file(ONNX_FILE, 'application/octet-stream')]]);
  for (const name of await readdir(ORT_FOLDER).catch(() => [])) {
    const type = name.endsWith('.wasm') ? 'application/wasm' : 'text/javascript';
    if (/\.(mjs|wasm)$/.test(name)) found.set(`/ort/${name}`, file(path.join(ORT_FOLDER, name), type));
  }
  return found;
}

export async function openPages(): Promise<Pages> {
  await bundle();
  const server = await serve({ root: FOLDER, routes: await routes() });
  const executablePath = await ensureBrowser();
  const browsers = new Map<Place, Browser>();
  const browserFor = async (place: Place): Promise<Browser> => {
    const open = browsers.get(place);
    if (open) return open;
    const started = await chromium.launch({
      executablePath,
      args: browserFlags({ webgpu: place === 'webgpu' }),
    });
    browsers.set(place, started);
    return started;
  };
  const threads = Math.min(cpus().length, 8);
  const visit: Pages['visit'] = async ({ engine, place }, work) => {
    const context = await (await browserFor(place)).newContext();
    try {
      const page = await context.newPage();
      const lost = new Promise<never>((_, reject) => {
        page.on('crash', () => reject(new Error('The page ran out of memory or crashed.')));
        page.on('pageerror', (error) => reject(error));
      });
      lost.catch(() => undefined);
      await page.goto(`${server.url}/bench/page.html`);
      await page.waitForFunction(() => window.honeBench !== undefined);
      await Promise.race([
        page.evaluate((opening) => window.honeBench?.open(opening), { engine, place, threads }),
        lost,
      ]);
      const run = async <K extends JobName>(
        name: K,
        params: Jobs[K]['params'],
      ): Promise<Jobs[K]['result']> => {
        // Playwright's types cannot follow the pairing of a job with its result.
        const job = { name, params } as Parameters<NonNullable<Window['honeBench']>['run']>[0];
        const result = page.evaluate((asked) => window.honeBench?.run(asked), job);
        return (await Promise.race([result, lost])) as Jobs[K]['result'];
      };
      return await work({ run });
    } finally {
      await context.close();
    }
  };
  const adapter = await adapterOf(await browserFor('webgpu'), server.url);
  return {
    visit,
    browserVersion: (await browserFor('webgpu')).version(),
    threads,
    adapter,
    isSoftware: /swiftshader|llvmpipe|software/i.test(adapter),
    async close() {
      for (const browser of browsers.values()) await browser.close();
      await server.close();
    },
  };
}

async function adapterOf(browser: Browser, url: string): Promise<string> {
  const page = await browser.newPage();
  await page.goto(`${url}/bench/page.html`);
  const words = await page.evaluate(async () => {
    const adapter = await navigator.gpu?.requestAdapter();
    if (!adapter) return 'none';
    const { vendor, architecture, description, isFallbackAdapter } = adapter.info;
    return `${[vendor, architecture, description].filter(Boolean).join(' ')}${isFallbackAdapter ? ' (software)' : ''}`;
  });
  await page.close();
  return words;
}
