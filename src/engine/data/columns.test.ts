import { describe, expect, it } from 'vitest';
import { guessRoles } from './columns';
import { readTable } from './read';

async function guess(csv: string, name = 'a.csv'): Promise<ReturnType<typeof guessRoles>> {
  return guessRoles(await readTable(new TextEncoder().encode(csv), name, null, () => {}));
}

const TEXTS = [
  'where is my parcel, it was due on Monday',
  'please refund the second charge on my card',
  'the parcel arrived broken and wet',
  'I was charged twice for one order',
  'my address has changed, please update it',
  'can I pay by invoice next month',
];
const rowsOf = (cells: (text: string, i: number) => string): string => TEXTS.map(cells).join('\n');

describe('guessRoles', () => {
  it('takes usual names, in any position', async () => {
    const csv = `id,label,note,text\n${rowsOf((text, i) => `${i},${i % 2 ? 'pay' : 'ship'},a longer note that repeats a lot and a lot,"${text}"`)}`;
    expect((await guess(csv)).roles).toEqual({ text: 'text', label: 'label' });
  });

  it('takes the longest varied column and the one that repeats where names say nothing', async () => {
    const csv = `a\tb\tc\n${rowsOf((text, i) => `${i % 2 ? 'pay' : 'ship'}\t${1000 + i}\t${text}`)}`;
    const { roles, reasons } = await guess(csv, 'a.tsv');
    expect(roles).toEqual({ text: 'c', label: 'a' });
    expect(reasons.text).toMatch(
      /^the longest, most varied column: 3\d characters on average, 100 % of its values differ/,
    );
    expect(reasons.label).toBe('few values that repeat: 2 different values in 6 rows looked at');
  });

  it('prefers a named class over a split column, and numbers only when there is nothing else', async () => {
    const csv = `text,split,sentiment\n${rowsOf((text, i) => `"${text}",${i < 3 ? 'train' : 'dev'},${i % 2}`)}`;
    expect((await guess(csv)).roles).toEqual({ text: 'text', label: 'sentiment' });
  });

  it('does not take JSON for the text, however long', async () => {
    const lines = TEXTS.map((text, i) =>
      JSON.stringify({ spans: [[text, text, text, i]], msg: text, kind: i % 2 ? 'pay' : 'ship' }),
    );
    expect((await guess(lines.join('\n'), 'a.jsonl')).roles).toEqual({ text: 'msg', label: 'kind' });
  });

  it('never gives one column both roles', async () => {
    const csv = `text,text_2\n${rowsOf((text, i) => `"${text}","${TEXTS[(i + 1) % 6]}"`)}`;
    const { roles } = await guess(csv);
    expect(roles === null || roles.text !== roles.label).toBe(true);
  });

  it('finds no pair among question and answer, and says so', async () => {
    const csv = `question,answer\n${rowsOf((text, i) => `"${text}","No. ${i}: ${TEXTS[5 - i]}"`)}`;
    expect(await guess(csv)).toEqual({
      roles: null,
      reasons: {
        text: 'no pair of columns looks like a text and its label',
        label: 'no column has a few values that repeat',
      },
    });
  });

  it('says that one column is not enough', async () => {
    const { roles, reasons } = await guess(`text\n${rowsOf((text) => text.replace(',', ''))}`);
    expect(roles).toBeNull();
    expect(reasons.label).toBe('the file has 1 column; a text and a label column are needed');
  });
});
