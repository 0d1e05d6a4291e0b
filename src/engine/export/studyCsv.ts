/** Every arm's answer to every test row of a study, as CSV (RFC 4180). */
import Papa from 'papaparse';
import type { StudyRows } from '../core/study';

/**
 * Columns: row (line in the source), input, expected, then for each arm its key with the answered label (empty = no
 * usable answer) and `p:KEY` with that label's probability where the arm gives one.
 */
export function studyCsv({ classes, rows }: StudyRows): string {
  const arms = [...new Set(rows.flatMap(({ answers }) => Object.keys(answers)))];
  return Papa.unparse(
    {
      fields: ['row', 'input', 'expected', ...arms.flatMap((arm) => [arm, `p:${arm}`])],
      data: rows.map(({ line, text, expected, answers }) => [
        line,
        text,
        classes[expected] ?? '',
        ...arms.flatMap((arm) => {
          const answer = answers[arm];
          const confidence = answer?.confidence ?? null;
          return [
            classes[answer?.predicted ?? -1] ?? '',
            confidence === null ? '' : String(Number(confidence.toPrecision(6))),
          ];
        }),
      ]),
    },
    { newline: '\r\n' },
  );
}
