/** What the figures were measured on and with. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import type { Pages } from './pages';
import { torchVersion } from './python';
import type { Results } from './results';

export function machineOf(pages: Pages | null): Results['machine'] {
  const [cpu] = cpus();
  return {
    processor: cpu?.model ?? 'unknown',
    cores: cpus().length,
    memoryGB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    webgpuAdapter: pages?.adapter ?? 'not started',
    wasmThreads: pages?.threads ?? 0,
  };
}

function packageVersion(name: string, folder = ''): string | null {
  try {
    const text = readFileSync(`${folder}node_modules/${name}/package.json`, 'utf8');
    return (JSON.parse(text) as { version: string }).version;
  } catch {
    return null;
  }
}

export function versionsOf(pages: Pages | null): Record<string, string> {
  const versions: Record<string, string | null> = {
    node: process.version,
    chromium: pages?.browserVersion ?? null,
    tfjs: packageVersion('@tensorflow/tfjs-core'),
    'jax-js': packageVersion('@jax-js/jax'),
    'onnxruntime-web': packageVersion('onnxruntime-web', 'bench/'),
    webgpu: packageVersion('webgpu'),
    torch: torchVersion(),
  };
  return Object.fromEntries(
    Object.entries(versions).flatMap(([name, value]) => (value ? [[name, value]] : [])),
  );
}

export function commitOf(): string {
  const { status, stdout } = spawnSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : 'unknown';
}
