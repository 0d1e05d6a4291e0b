import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { ensureKernels } from './scripts/kernels.mjs';

/** Threads in WebAssembly need a cross-origin isolated page. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** The development page holds inline scripts of Vite's own, which the shipped security policy forbids. */
const developmentPolicy: Plugin = {
  name: 'hone-development-policy',
  apply: 'serve',
  transformIndexHtml: (html) => html.replace("script-src 'self'", "script-src 'self' 'unsafe-inline'"),
};

/** The WebAssembly kernels are compiled before anything asks for their files. */
const kernels: Plugin = { name: 'hone-kernels', enforce: 'pre', buildStart: ensureKernels };

export default defineConfig({
  plugins: [kernels, react(), developmentPolicy],
  server: { headers: isolation },
  preview: { headers: isolation },
  // Finding the worker's libraries only when it starts would reload the page under the user.
  optimizeDeps: { entries: ['index.html', 'src/workers/engine.worker.ts'] },
  // tfjs-wasm starts its threads from its own source text, which a minifier would break.
  worker: { format: 'es', rolldownOptions: { output: { minify: false } } },
  build: { target: 'es2023', chunkSizeWarningLimit: 2500 },
});
