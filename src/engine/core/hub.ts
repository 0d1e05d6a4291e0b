/** Where models are downloaded from: the Hugging Face Hub, or a mirror that speaks its API; and how people name one. */
import { EngineError } from './errors';
import { staysInside } from './outside';

export const PUBLIC_HUB = 'https://huggingface.co';

/**
 * The hub sends on to its file stores, which have names of their own (huggingface.co/.well-known/meta.json). A mirror
 * gives files from its own address.
 */
export function storesOf(hub: string): readonly string[] {
  return hub === PUBLIC_HUB ? ['https://*.hf.co'] : [];
}

/** The origin of a hub's address as typed. Tokens go there, so plain http leads no further than a private network. @throws bad-address */
export function hubOrigin(address: string): string {
  const url = URL.parse(address.trim());
  const safe = url?.protocol === 'https:' || (url?.protocol === 'http:' && staysInside(address));
  if (
    url &&
    safe &&
    !url.username &&
    !url.password &&
    /^\/?$/.test(url.pathname) &&
    !url.search &&
    !url.hash
  ) {
    return url.origin;
  }
  throw new EngineError({
    code: 'bad-address',
    message: `“${address}” is no address of a hub.`,
    hint: 'Give its address alone, such as https://huggingface.co or https://hub.example.com. It must begin with https:// unless the server is on this computer or a private network.',
    details: { field: 'hub' },
  });
}

/** A repository, and the branch, tag or commit that was asked for; null = the newest. */
export interface ModelReference {
  repo: string;
  revision: string | null;
}

const REPO = /^[\w.-]{1,96}(\/[\w.-]{1,96})?$/;
const REVISION = /^[\w./-]{1,200}$/;

/**
 * 'owner/name', 'name', either with '@revision', or a page's address at this hub ('…/owner/name/tree/main'); null for
 * what is a search rather than a name.
 */
export function readReference(text: string, hub: string): ModelReference | null {
  const typed = text.trim();
  const url = /^https?:/.test(typed) ? URL.parse(typed) : null;
  if (url) {
    if (url.origin !== hub) return null;
    const [owner, name, view, ...rest] = url.pathname.split('/').slice(1).map(decodeURIComponent);
    if (owner === 'datasets' || owner === 'spaces') return null;
    const named = view === 'tree' || view === 'blob' || view === 'resolve';
    return reference([owner, name].filter(Boolean).join('/'), named ? (rest[0] ?? null) : null);
  }
  const [repo = '', revision, ...more] = typed.split('@');
  return more.length === 0 && repo.includes('/') ? reference(repo, revision ?? null) : null;
}

function reference(repo: string, revision: string | null): ModelReference | null {
  const fits = REPO.test(repo) && !repo.includes('..') && (revision === null || REVISION.test(revision));
  return fits ? { repo, revision } : null;
}
