import type { Example } from '../table';
import { plural } from '../words';
import { type Check, type CheckInput, finding } from './check';

/** deepchecks nlp special_characters.py: more than a fifth of the characters. */
const SPECIAL_SHARE = 0.2;
/** Enough of a text to judge it by. */
const LOOK_AT = 2_000;

const KINDS = [
  { name: 'with HTML tags', fits: (text: string) => /<\/?[a-z][a-z0-9]*(\s[^<>]{0,300})?\/?>/i.test(text) },
  { name: 'only a web address', fits: (text: string) => /^\s*(https?:\/\/|www\.)\S+\s*$/i.test(text) },
  { name: 'mostly special characters', fits: isMostlySpecial },
] as const;

function isMostlySpecial(text: string): boolean {
  const special = text.match(/[^\p{L}\p{M}\p{N}\s.,;:!?'"“”‘’()\-–—…%&/@#*\p{Sc}]/gu)?.length ?? 0;
  return special > SPECIAL_SHARE * text.length;
}

function junkOf({ examples }: CheckInput): { indices: number[]; names: string[] } {
  const counts = new Map<string, number>();
  const indices: number[] = [];
  examples.forEach((example: Example, i) => {
    const kind = KINDS.find(({ fits }) => fits(example.text.slice(0, LOOK_AT)));
    if (kind === undefined) return;
    indices.push(i);
    counts.set(kind.name, (counts.get(kind.name) ?? 0) + 1);
  });
  return {
    indices,
    names: [...counts].map(([name, count]) => `${count.toLocaleString('en-US')} ${name}`),
  };
}

/** Texts that are markup, addresses or symbols rather than language. */
export const junk: Check = {
  code: 'junk-text',
  title: 'Texts that are hardly language',
  blocks: false,
  find: (input) => {
    const { indices, names } = junkOf(input);
    if (indices.length === 0) return null;
    return finding('junk-text', 'info', indices, {
      title: `${plural(indices.length, 'text looks', 'texts look')} unclean: ${names.join(', ')}`,
      why: 'Markup and symbols use up tokens and can give a class away by accident. Harmless if new texts will look the same.',
    });
  },
  fixes: {},
};
