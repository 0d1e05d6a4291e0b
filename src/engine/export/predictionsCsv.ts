/** The test rows with both models' answers, as CSV (RFC 4180). */
import Papa from 'papaparse';
import type { Predictions } from '../core/report';

/** Six significant digits: beyond what 32-bit floats carry through a softmax. */
function share(probability: number): string {
  return String(Number(probability.toPrecision(6)));
}

function top(probabilities: readonly number[]): { id: number; confidence: string } {
  let id = 0;
  probabilities.forEach((value, candidate) => {
    if (value > (probabilities[id] ?? 0)) id = candidate;
  });
  return { id, confidence: share(probabilities[id] ?? 0) };
}

/**
 * Columns: row (line in the source), input, expected, before, after, confidence_before, confidence_after, and
 * `p:LABEL` with the tuned model's probability of each label. Texts are exactly those of the data, also where a
 * spreadsheet would take one for a formula: the file is evidence to recompute scores from, and the card says
 * how to open it as text.
 */
export function predictionsCsv({ classes, rows }: Predictions): string {
  const name = (id: number): string => classes[id] ?? '';
  const fields = ['row', 'input', 'expected', 'before', 'after', 'confidence_before', 'confidence_after'];
  return Papa.unparse(
    {
      fields: [...fields, ...classes.map((label) => `p:${label}`)],
      data: rows.map((row) => {
        const before = top(row.before);
        const after = top(row.after);
        return [
          row.line,
          row.text,
          name(row.expected),
          name(before.id),
          name(after.id),
          before.confidence,
          after.confidence,
          ...row.after.map(share),
        ];
      }),
    },
    { newline: '\r\n' },
  );
}
