/** Whether the first row names the columns, and what the columns are called. */
import { cut, listSome, plural } from './words';

/** Column names that occur in training files; a first row holding one of them names its columns. */
const USUAL_NAMES = new Set(
  (
    'text label labels category categories class intent sentiment target topic type id sentence utterance ' +
    'message review comment title body content description question answer input output prompt completion ' +
    'instruction response name email date score rating tag tags split lang language query document subject y x'
  ).split(' '),
);

/** Longer cells are sentences, not names. */
const LONGEST_NAME = 80;
const MOST_WORDS = 12;

function isNumber(cell: string): boolean {
  return /^[+-]?\d+([.,]\d+)?$/.test(cell.trim());
}

/** Guesses from sampled records (the first may be the header). */
export function guessHeader(records: readonly (readonly string[])[]): { header: boolean; reason: string } {
  const [first, ...rest] = records;
  if (first === undefined) return { header: false, reason: 'there are no rows' };
  const cells = first.map((cell) => cell.trim());
  const usual = cells.filter((cell) => USUAL_NAMES.has(cell.toLowerCase().replace(/[^a-z]+$/, '')));
  const long = cells.find((cell) => cell.length > LONGEST_NAME || cell.split(/\s+/).length > MOST_WORDS);
  if (usual.length > 0 && long === undefined)
    return { header: true, reason: `the first row holds usual column names (${listSome(usual)})` };
  if (long !== undefined)
    return { header: false, reason: `the first row holds a whole text: “${cut(long, 40)}”` };
  const column = cells.findIndex(
    (cell, i) => cell !== '' && rest.some((record) => record[i]?.trim() === cell),
  );
  if (column !== -1) {
    return {
      header: false,
      reason: `“${cut(cells[column] ?? '', 40)}” in the first row appears again further down`,
    };
  }
  const number = cells.find(isNumber);
  const numbersBelow = cells.every((cell, i) => !isNumber(cell) || rest.every((r) => isNumber(r[i] ?? '0')));
  if (number !== undefined && numbersBelow)
    return { header: false, reason: `the first row holds a number (${number}), as the rows below do` };
  return { header: true, reason: 'the first row holds short names that do not appear again' };
}

/** Clean, distinct, non-empty column names. Renames are told in `notes`. */
export function nameColumns(
  cells: readonly string[],
  width: number,
): { columns: readonly string[]; notes: readonly string[] } {
  const columns: string[] = [];
  const used = new Set<string>();
  const renamed: string[] = [];
  let unnamed = 0;
  for (let i = 0; i < width; i++) {
    const cell = (cells[i] ?? '')
      .replace(/^\uFEFF/, '')
      .trim()
      .replace(/^(["'])(.*)\1$/, '$2')
      .trim();
    const wanted = cell === '' ? `column ${i + 1}` : cell;
    if (cell === '') unnamed++;
    let name = wanted;
    for (let n = 2; used.has(name); n++) name = `${wanted} (${n})`;
    if (name !== wanted) renamed.push(`“${wanted}” to “${name}”`);
    used.add(name);
    columns.push(name);
  }
  const notes = [
    ...(renamed.length === 0 ? [] : [`Columns with the same name were renamed: ${listSome(renamed)}.`]),
    ...(unnamed === 0 || unnamed === width
      ? []
      : [`${plural(unnamed, 'column has', 'columns have')} no name in the header and got a number.`]),
  ];
  return { columns, notes };
}
