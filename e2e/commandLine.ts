/** `npm run tune` and `npm run compare` as a script would call them. */
import { execFile } from 'node:child_process';

export interface Ended {
  code: number;
  /** Of standard output; null where it said nothing. */
  report: Record<string, unknown> | null;
  errors: string;
}

export function runCommand(name: 'tune' | 'compare', args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { maxBuffer: 64 << 20 };
    execFile(process.execPath, [`scripts/${name}.mjs`, ...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : Number(error.code ?? 1);
      resolve({ code, report: stdout.trim() === '' ? null : JSON.parse(stdout), errors: stderr });
    });
  });
}
