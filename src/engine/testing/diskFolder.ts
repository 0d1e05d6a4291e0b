/** A model's folder on this computer, for tests in Node. */
import { readdirSync, readFileSync } from 'node:fs';
import { inMemory } from '../core/weightSource';
import type { ModelFolder } from '../model/folder';

export function diskFolder(path: string): ModelFolder {
  return {
    names: readdirSync(path, { recursive: true, encoding: 'utf8' }),
    open: async (name) => inMemory(new Uint8Array(readFileSync(`${path}/${name}`))),
  };
}
