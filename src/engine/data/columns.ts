/** A first guess at which column holds the text and which the label, told as a guess and changed in one click. */
import type { ColumnRoles } from '../core/config';
import type { Table } from './table';
import { percent, plural } from './words';

/** Rows looked at, spread evenly over the table. */
const SAMPLE_ROWS = 2_000;

/** Usual names, the likeliest first. */
const TEXT_NAMES =
  'text sentence utterance message content body query question review comment instruction input prompt title description tweet document'.split(
    ' ',
  );
const LABEL_NAMES =
  'label labels target class classes intent intents category categories sentiment topic y type gold_label output tag'.split(
    ' ',
  );
/** Few distinct values, but never what is to be learned. */
const NOT_LABELS = new Set(
  'split set fold partition subset lang language locale id index row source group'.split(' '),
);
/** A label longer than this is a text. */
const LONGEST_LABEL = 80;

/** What the sampled cells of a column are like. */
export interface Profile {
  name: string;
  filled: number;
  distinct: number;
  meanLength: number;
  /** Shares of the filled cells. */
  numeric: number;
  json: number;
}

export function profile(table: Table, column: number): Profile {
  const step = Math.max(1, Math.floor(table.rows.length / SAMPLE_ROWS));
  const values = new Set<string>();
  let filled = 0;
  let length = 0;
  let numeric = 0;
  let json = 0;
  for (let i = 0; i < table.rows.length; i += step) {
    const cell = (table.rows[i]?.[column] ?? '').trim();
    if (cell === '') continue;
    filled++;
    length += cell.length;
    values.add(cell);
    if (/^[-+]?\d*[.,]?\d+([eE][-+]?\d+)?$/.test(cell)) numeric++;
    if (/^[[{].*[\]}]$/s.test(cell)) json++;
  }
  const share = (count: number): number => (filled === 0 ? 0 : count / filled);
  return {
    name: table.columns[column] ?? '',
    filled,
    distinct: values.size,
    meanLength: share(length),
    numeric: share(numeric),
    json: share(json),
  };
}

/** 0 for an unusual name, up to 1 for the likeliest; 'review_text' and 'Label (2)' count by their parts. */
export function nameScore(name: string, usual: readonly string[]): number {
  const lower = name.toLowerCase();
  const parts = new Set([lower, ...lower.split(/[^a-z]+/)]);
  const place = usual.findIndex((word) => parts.has(word));
  return place === -1 ? 0 : 1 - place / (2 * usual.length);
}

function textScore({ name, filled, distinct, meanLength, numeric, json }: Profile): number {
  if (filled === 0 || numeric > 0.5) return 0;
  const varied = distinct / filled;
  return Math.log1p(meanLength) * varied * (1 - json) + 3 * nameScore(name, TEXT_NAMES);
}

function labelScore({ name, filled, distinct, meanLength, numeric, json }: Profile): number {
  const named = nameScore(name, LABEL_NAMES);
  const repeats = filled === 0 ? 0 : 1 - distinct / filled;
  if (filled === 0 || meanLength > LONGEST_LABEL || json > 0.5) return 0;
  if (
    named === 0 &&
    (repeats < (filled < 50 ? 0.2 : 0.5) || distinct < 2 || NOT_LABELS.has(name.toLowerCase()))
  )
    return 0;
  // A number can be a class ('0', '1'), but words are likelier.
  return 0.2 + repeats * (1 - numeric / 2) + 2 * named + (distinct < 2 ? -0.5 : 0);
}

function bestOf(profiles: readonly Profile[], score: (profile: Profile) => number): Profile | null {
  let best: Profile | null = null;
  for (const candidate of profiles) {
    if (score(candidate) > (best === null ? 0 : score(best))) best = candidate;
  }
  return best;
}

function reasonOf(text: Profile, label: Profile): { text: string; label: string } {
  const characters = `${plural(Math.round(text.meanLength), 'character')} on average`;
  const isUsual = nameScore(text.name, TEXT_NAMES) > 0;
  const hasUsual = nameScore(label.name, LABEL_NAMES) > 0;
  const varied = `${percent(text.distinct / text.filled)} of its values differ`;
  const repeated = `${plural(label.distinct, 'different value')} in ${plural(label.filled, 'row')} looked at`;
  return {
    text: `${isUsual ? 'a usual name for a text' : 'the longest, most varied column'}: ${characters}, ${varied}`,
    label: `${hasUsual ? 'a usual name for a label' : 'few values that repeat'}: ${repeated}`,
  };
}

/**
 * Guesses the text column (longest and most varied, or named so) and the label column (few values that repeat,
 * or named so), never the same one. `roles` is null when no pair is plausible; `reasons` always say why.
 */
export function guessRoles(table: Table): {
  roles: ColumnRoles | null;
  reasons: { text: string; label: string };
} {
  if (table.columns.length < 2) {
    const reason = `the file has ${plural(table.columns.length, 'column')}; a text and a label column are needed`;
    return { roles: null, reasons: { text: reason, label: reason } };
  }
  if (table.rows.length === 0) {
    const reason = 'no row could be read; see the rejected rows';
    return { roles: null, reasons: { text: reason, label: reason } };
  }
  const profiles = table.columns.map((_, column) => profile(table, column));
  let best: { text: Profile; label: Profile; score: number } | null = null;
  // The pair is chosen together, so that a column good at both goes where the other is worst.
  for (const label of profiles) {
    const own = labelScore(label);
    const text = bestOf(
      profiles.filter((candidate) => candidate !== label),
      textScore,
    );
    if (own === 0 || text === null) continue;
    const score = own + textScore(text);
    if (best === null || score > best.score) best = { text, label, score };
  }
  if (best === null) {
    return {
      roles: null,
      reasons: {
        text: 'no pair of columns looks like a text and its label',
        label: 'no column has a few values that repeat',
      },
    };
  }
  return {
    roles: { text: best.text.name, label: best.label.name },
    reasons: reasonOf(best.text, best.label),
  };
}
