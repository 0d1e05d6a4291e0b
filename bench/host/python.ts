/** The Python side: PyTorch's R1, and the ONNX file. Both are left out where Python lacks what they need. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Times } from '../../src/engine/bench/timing';
import type { StepTimes } from '../jobs';
import { ONNX_FILE } from './pages';

const MODEL = 'public/models/minilm-l6-en';
const TOKENS = 16 * 32;

/** The first Python that has the module. */
function pythonWith(module: string): string | null {
  const candidates = [process.env.PYTHON, '/opt/venv/bin/python', 'python3', 'python'];
  const found = candidates
    .filter((name) => name !== undefined)
    .find((name) => spawnSync(name, ['-c', `import ${module}`], { timeout: 60_000 }).status === 0);
  return found ?? null;
}

function run(python: string, args: string[]): string {
  const { status, stdout, stderr } = spawnSync(python, args, { encoding: 'utf8', timeout: 300_000 });
  if (status === 0) return stdout;
  throw new Error(stderr.trim().split('\n').at(-1) ?? `exit code ${status}`);
}

let torch: string | null | undefined;

export async function torchR1(times: Times, threads: number): Promise<StepTimes> {
  torch ??= pythonWith('torch');
  if (torch === null) throw new Error('no Python with torch ($PYTHON, /opt/venv, python3)');
  const args = ['--warmup', times.warmup, '--steps', times.steps, '--threads', threads].map(String);
  const { ms, losses } = JSON.parse(run(torch, ['bench/torch_r1.py', ...args])) as {
    ms: number[];
    losses: number[];
  };
  return { ms, losses, tokens: TOKENS, peakBytes: 0, liveBytes: null, gpu: null };
}

export function torchVersion(): string | null {
  torch ??= pythonWith('torch');
  return torch === null ? null : run(torch, ['-c', 'import torch; print(torch.__version__)']).trim();
}

/** Null when the file is there, else why it cannot be made. */
export function ensureOnnx(): string | null {
  if (existsSync(ONNX_FILE)) return null;
  const python = pythonWith('onnx');
  if (python === null) return 'no Python with onnx (pip install onnx; $PYTHON names another Python)';
  run(python, ['bench/onnx_model.py', MODEL, ONNX_FILE]);
  return null;
}
