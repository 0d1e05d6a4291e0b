/** Data sets whose right advice is known beforehand. */
import { random } from '../core/random';

interface Row {
  text: string;
  label: string;
}

const OPENINGS = ['Hello', 'Good morning', 'To whom it may concern', 'Hi there', 'Dear team'];
const MIDDLES = [
  'I wrote last week about item',
  'this is about the order number',
  'please look into case',
  'nobody has answered me about',
  'here is a word on parcel',
];
const ENDINGS = ['thank you', 'best regards', 'yours', 'many thanks', 'with kind regards'];

/** Every text is different and says nothing of a label. */
function texts(rows: number, seed: number): string[] {
  const draw = random(seed, 'texts');
  const one = (of: readonly string[]): string => of[draw.int(of.length)] as string;
  return Array.from(
    { length: rows },
    (_, i) => `${one(OPENINGS)} ${one(MIDDLES)} ${i + 1000} ${one(ENDINGS)}`,
  );
}

/** Labels by the throw of a coin: 'no signal: do not fine-tune'. */
export function randomLabels(rows: number, seed = 1): Row[] {
  const draw = random(seed, 'labels');
  return texts(rows, seed).map((text) => ({ text, label: draw.int(2) === 0 ? 'left' : 'right' }));
}

const KEYWORDS = { alpha: 'frobnitz', beta: 'quuxing', gamma: 'zanthor' } as const;

/** One made-up word decides, which a count of words sees: 'fine-tuning is excessive here'. */
export function keywordDecides(rows: number, seed = 1): Row[] {
  const labels = Object.keys(KEYWORDS) as (keyof typeof KEYWORDS)[];
  return texts(rows, seed).map((text, i) => {
    const label = labels[i % labels.length] as keyof typeof KEYWORDS;
    return { text: `${text} ${KEYWORDS[label]}`, label };
  });
}
