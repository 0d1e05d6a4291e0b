/** A model's folder as it lies in the browser: a dropped one, an unpacked zip, a hub's, or one kept in storage. */
import type { ByteSource } from '../engine/core/weightSource';
import { neededFiles, openFolder } from '../engine/model/folder';
import type { ModelFiles } from '../engine/model/load';

/** Kept beside the model: its licence and what its makers say of it. */
export const README = 'README.md';

export interface BlobFolder {
  /** Paths below the folder, with `/`. */
  names: readonly string[];
  /** Of one of `names`. */
  open(name: string): Promise<Blob>;
}

/** What is worth fetching and keeping. @throws model-file-missing, unsafe-pickle */
export function keptFiles(names: readonly string[]): string[] {
  return [...neededFiles(names), ...names.filter((name) => name === README)];
}

/** Weights are read from the disk tensor by tensor. @throws as `openFolder` */
export function openBlobs({ names, open }: BlobFolder): Promise<ModelFiles> {
  return openFolder({ names, open: async (name) => blobSource(await open(name)) });
}

function blobSource(blob: Blob): ByteSource {
  return {
    bytes: blob.size,
    read: async (begin, end) => new Uint8Array(await blob.slice(begin, end).arrayBuffer()),
  };
}

/**
 * Paths as below the model's own folder, which is the highest one with a config.json; `null` for what lies outside.
 * Folders and zips often hold the model one folder down.
 */
export function belowRoot(paths: readonly string[]): (string | null)[] {
  const depth = (path: string): number => path.split('/').length;
  const [config] = paths
    .filter((path) => path.split('/').at(-1) === 'config.json')
    .sort((a, b) => depth(a) - depth(b));
  const root = config === undefined ? '' : config.slice(0, -'config.json'.length);
  return paths.map((path) => (path.startsWith(root) ? path.slice(root.length) : null));
}
