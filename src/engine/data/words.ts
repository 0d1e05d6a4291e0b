/** Counts and raw text in plain words, shared by every message of the data stage. */

/** '1 row', '2,000 rows'; irregular plurals are passed in. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}

/** The first `limit` characters for a list of rows or a message; a cut is shown. */
export function cut(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;
}

/** '12 %', '0.4 %': whole numbers from 1 % up. */
export function percent(share: number): string {
  const value = share * 100;
  return `${value > 0 && value < 1 ? value.toFixed(1) : Math.round(value)} %`;
}

/** '3, 7 and 9', '3, 7, 9 and 40 more'. */
export function listSome(items: readonly (string | number)[], shown = 3): string {
  const names = items.slice(0, shown).map(String);
  if (items.length > shown)
    return `${names.join(', ')} and ${(items.length - shown).toLocaleString('en-US')} more`;
  const last = names.pop();
  return names.length === 0 ? (last ?? '') : `${names.join(', ')} and ${last}`;
}
