/**
 * Porter's suffix stripping (Program 14(3), 1980) with the changes that nltk.stem.PorterStemmer makes by default
 * ("NLTK_EXTENSIONS"), which rouge-score uses: other stems would give other scores.
 */

/** Words that the rules would stem badly. */
const IRREGULAR: ReadonlyMap<string, string> = new Map(
  Object.entries({
    sky: ['sky', 'skies'],
    die: ['dying'],
    lie: ['lying'],
    tie: ['tying'],
    news: ['news'],
    inning: ['innings', 'inning'],
    outing: ['outings', 'outing'],
    canning: ['cannings', 'canning'],
    howe: ['howe'],
    proceed: ['proceed'],
    exceed: ['exceed'],
    succeed: ['succeed'],
  }).flatMap(([stem, words]) => words.map((word): [string, string] => [word, stem])),
);

/** 'c' or 'v' for each letter; y is a vowel after a consonant. */
function letterKinds(word: string): string {
  let kinds = '';
  for (const letter of word) {
    const isVowel = 'aeiou'.includes(letter) || (letter === 'y' && kinds.at(-1) === 'c');
    kinds += isVowel ? 'v' : 'c';
  }
  return kinds;
}

/** How often a vowel is followed by a consonant. */
const measure = (word: string): number => letterKinds(word).split('vc').length - 1;
const isPositive = (stem: string): boolean => measure(stem) > 0;
const isLong = (stem: string): boolean => measure(stem) > 1;

const endsDouble = (word: string): boolean =>
  word.length > 1 && word.at(-1) === word.at(-2) && letterKinds(word).endsWith('c');

/** Consonant, vowel, consonant other than w, x, y; or a word of one vowel and one consonant. */
function endsShort(word: string): boolean {
  const kinds = letterKinds(word);
  return (kinds.endsWith('cvc') && !/[wxy]$/.test(word)) || kinds === 'vc';
}

type Rule = readonly [suffix: string, replacement: string];

/** The first rule whose suffix fits decides, whether or not what is left satisfies `test`. */
function applyFirst(
  word: string,
  rules: readonly Rule[],
  test: (stem: string, suffix: string) => boolean,
): string {
  const rule = rules.find(([suffix]) => word.endsWith(suffix));
  if (rule === undefined) return word;
  const stem = word.slice(0, word.length - rule[0].length);
  return test(stem, rule[0]) ? stem + rule[1] : word;
}

const rulesOf = (text: string): Rule[] =>
  text.split(' ').map((rule): Rule => {
    const [suffix = '', replacement = ''] = rule.split('>');
    return [suffix, replacement];
  });

const PLURALS = rulesOf('sses>ss ies>i ss>ss s>');
const DOUBLE_SUFFIXES = rulesOf(
  'ational>ate tional>tion enci>ence anci>ance izer>ize bli>ble alli>al entli>ent eli>e ousli>ous ization>ize ation>ate ator>ate alism>al iveness>ive fulness>ful ousness>ous aliti>al iviti>ive biliti>ble fulli>ful logi>log',
);
const ADJECTIVES = rulesOf('icate>ic ative> alize>al iciti>ic ical>ic ful> ness>');
const ENDINGS = rulesOf(
  'al> ance> ence> er> ic> able> ible> ant> ement> ment> ent> ion> ou> ism> ate> iti> ous> ive> ize>',
);

function plural(word: string): string {
  return word.length === 4 && word.endsWith('ies')
    ? word.slice(0, -1)
    : applyFirst(word, PLURALS, () => true);
}

function past(word: string): string {
  if (word.endsWith('ied')) return word.slice(0, word.length === 4 ? -1 : -2);
  if (word.endsWith('eed')) return isPositive(word.slice(0, -3)) ? word.slice(0, -1) : word;
  const suffix = ['ed', 'ing'].find(
    (ending) => word.endsWith(ending) && letterKinds(word.slice(0, -ending.length)).includes('v'),
  );
  if (suffix === undefined) return word;
  const stem = word.slice(0, -suffix.length);
  if (/(at|bl|iz)$/.test(stem)) return `${stem}e`;
  if (endsDouble(stem)) return /[lsz]$/.test(stem) ? stem : stem.slice(0, -1);
  return measure(stem) === 1 && endsShort(stem) ? `${stem}e` : stem;
}

function finalY(word: string): string {
  const stem = word.slice(0, -1);
  return word.endsWith('y') && stem.length > 1 && letterKinds(stem).endsWith('c') ? `${stem}i` : word;
}

function doubleSuffix(word: string): string {
  if (word.endsWith('alli') && isPositive(word.slice(0, -4))) return doubleSuffix(word.slice(0, -2));
  return applyFirst(word, DOUBLE_SUFFIXES, (stem, suffix) =>
    isPositive(suffix === 'logi' ? `${stem}l` : stem),
  );
}

function finalE(word: string): string {
  if (!word.endsWith('e')) return word;
  const stem = word.slice(0, -1);
  return isLong(stem) || (measure(stem) === 1 && !endsShort(stem)) ? stem : word;
}

/** A lower-case word to its stem. */
export function porterStem(word: string): string {
  const known = IRREGULAR.get(word);
  if (known !== undefined || word.length <= 2) return known ?? word;
  const singular = finalY(past(plural(word)));
  const derived = applyFirst(doubleSuffix(singular), ADJECTIVES, isPositive);
  const bare = finalE(
    applyFirst(derived, ENDINGS, (stem, suffix) => isLong(stem) && (suffix !== 'ion' || /[st]$/.test(stem))),
  );
  return bare.endsWith('ll') && isLong(bare.slice(0, -1)) ? bare.slice(0, -1) : bare;
}
