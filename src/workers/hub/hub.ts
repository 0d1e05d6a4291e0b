/** The Hugging Face Hub's API, or a mirror's, through a door of its own. The token goes to the hub's address alone. */
import { z } from 'zod';
import { EngineError } from '../../engine/core/errors';
import { storesOf } from '../../engine/core/hub';
import type { OfferedFile } from '../../engine/core/modelOffer';
import type { Door } from '../../engine/pipeline/ports';
import type { Reach } from '../door';
import { escapedPath, type Part, rangeOf } from './request';

export interface HubAccess {
  /** An origin. */
  address: string;
  /** The user's own; null without one. */
  token: string | null;
}

export interface HubPorts {
  openDoor(origin: string, reach: Reach): Door;
  signal: AbortSignal;
}

export interface Hub {
  search(query: string, limit: number): Promise<HubHit[]>;
  /** At a branch, tag or commit; null = the newest. */
  model(repo: string, revision: string | null): Promise<HubModel>;
  /** A part of a file, or all of it. Its own error statuses are refused. */
  file(place: FilePlace, part?: Part): Promise<Response>;
}

export interface FilePlace {
  repo: string;
  commit: string;
  path: string;
}

export interface HubHit {
  repo: string;
  /** `model_type`, as its config says; null where the hub does not tell. */
  family: string | null;
  licence: string | null;
  parameters: number | null;
  downloads: number;
  gated: boolean;
}

export interface HubModel extends HubHit {
  commit: string;
  languages: string[];
  /** Large ones are told by the SHA-256 of their content, small ones by git's own name for them (SHA-1). */
  files: OfferedFile[];
}

type Library = typeof import('@huggingface/hub');

const FIELDS = ['config', 'cardData', 'tags', 'safetensors'] as const;
const texts = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());

/** What is read of the hub's answers; the library passes them on unchecked. */
const hitSchema = z.object({
  name: z.string(),
  downloads: z.number().catch(0),
  gated: z.union([z.boolean(), z.string()]).catch(false),
  tags: z.array(z.string()).catch([]),
  config: z.object({ model_type: z.string().nullable() }).catch({ model_type: null }),
  safetensors: z.object({ total: z.number().nullable() }).catch({ total: null }),
  cardData: z
    .object({ license: texts.catch([]), language: texts.catch([]) })
    .catch({ license: [], language: [] }),
});
const commitSchema = z.object({ sha: z.string().regex(/^[0-9a-f]{40,64}$/) });
const fileSchema = z.object({
  path: z.string(),
  size: z.number().int().min(0),
  oid: z.string(),
  lfs: z.object({ oid: z.string().regex(/^[0-9a-f]{64}$/), size: z.number().int() }).optional(),
});

/** Does `work` with the hub and closes the way to it. @throws hub-*, gated-*; the signal's reason */
export async function withHub<T>(
  access: HubAccess,
  { openDoor, signal }: HubPorts,
  work: (hub: Hub) => Promise<T>,
): Promise<T> {
  const door = openDoor(access.address, { stores: storesOf(access.address) });
  try {
    return await work(await hubAt(access, door, signal));
  } finally {
    door.close();
  }
}

async function hubAt(access: HubAccess, door: Door, signal: AbortSignal): Promise<Hub> {
  const library: Library = await import('@huggingface/hub');
  const shared = {
    hubUrl: access.address,
    fetch: ((input, init) => door.fetch(new Request(input, { ...init, signal }))) satisfies typeof fetch,
    ...(access.token === null ? {} : { accessToken: access.token }),
  };
  /** The library's errors as ours. */
  const asking = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof EngineError) throw error;
      if (error instanceof library.HubApiError) throw refused(access, what, error.statusCode);
      if (error instanceof TypeError) throw unreachable(access.address);
      throw strange(access.address, error);
    }
  };
  return {
    search: (query, limit) =>
      asking(`“${query}”`, async () => {
        const search = { query, tags: ['safetensors'] };
        const found: HubHit[] = [];
        for await (const hit of library.listModels({
          ...{ ...shared, search, limit, sort: 'downloads' },
          additionalFields: [...FIELDS],
        })) {
          found.push(hitOf(hit));
        }
        return found;
      }),
    model: (repo, revision) =>
      asking(repo, async () => {
        const info = await library.modelInfo({
          ...{ ...shared, name: repo },
          ...(revision === null ? {} : { revision }),
          additionalFields: [...FIELDS, 'sha'],
        });
        const commit = commitSchema.parse(info).sha;
        const files: OfferedFile[] = [];
        const listing = { ...shared, repo: { type: 'model', name: repo } as const, revision: commit };
        for await (const entry of library.listFiles({ ...listing, recursive: true })) {
          if (entry.type === 'file') files.push(fileOf(entry));
        }
        return { ...hitOf(info), commit, languages: hitSchema.parse(info).cardData.language, files };
      }),
    file: ({ repo, commit, path }, part) =>
      asking(`${path} of ${repo}`, async () => {
        const headers = new Headers();
        if (access.token !== null) headers.set('Authorization', `Bearer ${access.token}`);
        if (part) headers.set('Range', rangeOf(part));
        const url = `${access.address}/${repo}/resolve/${commit}/${escapedPath(path)}`;
        const response = await door.fetch(new Request(url, { headers, signal }));
        if (response.ok) return response;
        throw refused(access, `${path} of ${repo}`, response.status);
      }),
  };
}

function hitOf(raw: unknown): HubHit {
  const { name, downloads, gated, tags, config, safetensors, cardData } = hitSchema.parse(raw);
  const tagged = tags.find((tag) => tag.startsWith('license:'))?.slice('license:'.length);
  return {
    repo: name,
    family: config.model_type,
    licence: cardData.license[0] ?? tagged ?? null,
    parameters: safetensors.total,
    downloads,
    gated: gated !== false,
  };
}

function fileOf(raw: unknown): OfferedFile {
  const { path, size, oid, lfs } = fileSchema.parse(raw);
  const changed = null;
  return lfs
    ? { path, bytes: lfs.size, hash: { kind: 'sha256', hex: lfs.oid }, changed }
    : { path, bytes: size, hash: { kind: 'git', hex: oid }, changed };
}

function refused({ address, token }: HubAccess, what: string, status: number): EngineError {
  const { host } = new URL(address);
  if (status === 401 || status === 403) {
    return new EngineError({
      code: 'hub-denied',
      message: `${host} does not give ${what} to ${token === null ? 'anyone without a token' : 'this token'} (HTTP ${status}).`,
      hint:
        token === null
          ? 'Check the name. If the model is private, or its makers ask for consent, accept their terms on its page and paste a token of your own with read access.'
          : 'Accept the terms on the model’s page with the account that the token belongs to, and check that the token may read it.',
    });
  }
  if (status === 404) {
    return new EngineError({
      code: 'hub-missing',
      message: `${host} knows no ${what}.`,
      hint: 'Check the spelling and the revision; names are written owner/name, with capitals as on the model’s page.',
    });
  }
  return new EngineError({
    code: 'hub-failing',
    message: `${host} could not answer for ${what} (HTTP ${status}).`,
    hint:
      status === 429
        ? 'It was asked too often. Wait a few minutes, or paste a token of your own: the hub allows more with one.'
        : 'Try again in a while. What has arrived is kept.',
  });
}

function unreachable(address: string): EngineError {
  return new EngineError({
    code: 'hub-unreachable',
    message: `Nothing came back from ${new URL(address).host}.`,
    hint: 'Check the connection and the address of the hub. A mirror must let web pages read its files (CORS) and may not send them on to another address.',
  });
}

function strange(address: string, cause: unknown): EngineError {
  return new EngineError(
    {
      code: 'hub-strange',
      message: `${new URL(address).host} does not answer as a hub of models does.`,
      hint: 'Check the address of the hub: it must speak the API of the Hugging Face Hub.',
    },
    { cause },
  );
}
