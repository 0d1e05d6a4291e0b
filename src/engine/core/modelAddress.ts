/** The web address of a model as people type it. */
import { EngineError } from './errors';
import { staysInside } from './outside';

/**
 * Of a zip, or of the folder that config.json lies in. What comes from there is checked by nothing but itself, so plain
 * http leads no further than a private network. @throws bad-address
 */
export function modelAddress(typed: string): string {
  const url = URL.parse(typed.trim());
  const safe = url?.protocol === 'https:' || (url?.protocol === 'http:' && staysInside(url.href));
  if (!url || !safe || url.username || url.password) {
    throw new EngineError({
      code: 'bad-address',
      message: `“${typed}” is no address of a model.`,
      hint: 'Give the address of a zip, or of the folder with config.json, such as https://example.com/models/our-bert/. It must begin with https:// unless the server is on this computer or a private network.',
      details: { field: 'model' },
    });
  }
  url.hash = '';
  url.pathname = url.pathname.replace(/\/config\.json$/, '/');
  return url.href;
}

/** Whether somebody means an address rather than a name or a path. */
export function isAddress(typed: string): boolean {
  return /^https?:\/\//i.test(typed.trim());
}
