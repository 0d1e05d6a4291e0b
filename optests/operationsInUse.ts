/** The TensorFlow.js operations that the engine's sources call: a rule instead of a list, so that none is forgotten. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const SOURCES = 'src/engine';

/** Names as in `tf.NAME(`. */
export function operationsInUse(): string[] {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
  );
  const calls = files.flatMap((file) => [
    ...readFileSync(path.join(SOURCES, file), 'utf8').matchAll(/\btf\.(\w+)\(/g),
  ]);
  return [...new Set(calls.map(([, name]) => name as string))].sort();
}
