/** Small data with an easy lesson: every row is different, and its class can be told from its words. */

interface Row {
  text: string;
  label: string;
}

const SUBJECTS = [
  'my order',
  'the blue box',
  'a birthday gift',
  'the second parcel',
  'our subscription',
  'item 4711',
];
const SAID: Readonly<Record<string, readonly string[]>> = {
  refund: [
    'I want my money back for',
    'please refund',
    'send me back what I paid for',
    'I return this and want a refund for',
  ],
  delivery: ['where is', 'when will I receive', 'the courier has not brought', 'how late is the delivery of'],
  praise: ['I love', 'wonderful quality, thank you for', 'we are so happy with', 'five stars for'],
};

/** 72 rows in 3 classes, in a fixed mixed order. */
export const ROWS: readonly Row[] = SUBJECTS.flatMap((subject) =>
  [0, 1, 2, 3].flatMap((i) =>
    Object.entries(SAID).map(([label, starts]) => ({ text: `${starts[i]} ${subject}`, label })),
  ),
);

export function csv(rows: readonly Row[] = ROWS): string {
  return [
    'text,label',
    ...rows.map(({ text, label }) => `"${text.replaceAll('"', '""')}",${label}`),
    '',
  ].join('\n');
}

export function tsv(rows: readonly Row[] = ROWS): string {
  return ['text\tlabel', ...rows.map(({ text, label }) => `${text}\t${label}`), ''].join('\n');
}

export function jsonl(rows: readonly Row[] = ROWS): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

export function json(rows: readonly Row[] = ROWS): string {
  return JSON.stringify(rows);
}
