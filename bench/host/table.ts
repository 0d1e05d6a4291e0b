/** The results as text. */
import { bestWasmRate } from './ratios';
import type { Results, StepRow } from './results';

const number = (value: number | null, digits = 3): string =>
  value === null ? '–' : Number(value.toPrecision(digits)).toLocaleString('en', { maximumFractionDigits: 3 });
const megabytes = (bytes: number | null): string => (bytes === null ? '–' : `${number(bytes / 1e6)} MB`);

function table(head: string[], rows: string[][]): string {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => (row[i] ?? '').length)));
  const line = (cells: string[]): string =>
    cells
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  return [line(head), widths.map((width) => '─'.repeat(width)).join('  '), ...rows.map(line)].join('\n');
}

function steps(rows: readonly StepRow[]): string {
  return table(
    [
      '',
      'ms a step',
      'tokens/s',
      'GFLOP/s',
      'peak',
      'live',
      'dispatches',
      'submits',
      'buffers',
      'first loss',
    ],
    rows.map((row) => [
      row.name,
      row.error ? 'failed' : number(row.ms),
      number(row.tokensPerSecond),
      number(row.gflops),
      megabytes(row.peakBytes),
      megabytes(row.liveBytes),
      number(row.gpu?.dispatches ?? null, 6),
      number(row.gpu?.submits ?? null, 6),
      number(row.gpu?.buffers ?? null, 6),
      number(row.losses[0] ?? null, 6),
    ]),
  );
}

export function describe(results: Results): string {
  const sections: string[] = [];
  const add = (title: string, body: string): void => {
    sections.push(`${title}\n\n${body}`);
  };
  if (results.r1.length > 0) add('R1, a training step', steps(results.r1));
  if (results.r2.length > 0) add('R2 and R3, a training step of the built-in model', steps(results.r2));
  if (results.matmul.length > 0) {
    const engines = Object.keys(results.matmul[0]?.gflops ?? {});
    const measured = results.matmul.filter(({ gflops }) =>
      Object.values(gflops).some((rate) => rate !== null),
    );
    const body = table(
      ['M×K×N', 'of', ...engines],
      measured.map(({ m, k, n, transposeA, transposeB, batch, of, gflops }) => [
        `${batch > 1 ? `${batch}·` : ''}${m}×${k}×${n} ${transposeA ? 'T' : 'N'}${transposeB ? 'T' : 'N'}`,
        of.join(' '),
        ...engines.map((engine) => number(gflops[engine] ?? null)),
      ]),
    );
    add(`Products, GFLOP/s (best WASM: ${number(bestWasmRate(results.matmul))})`, body);
  }
  if (results.counters.length > 0) {
    const body = table(
      ['', 'dispatches', 'submits', 'buffers made', 'host ms'],
      results.counters.map(({ name, dispatches, submits, buffers, hostMs }) => [
        name,
        ...[dispatches, submits, buffers].map((count) => number(count, 6)),
        number(hostMs),
      ]),
    );
    add('A steady R1 step on Dawn’s null adapter', body);
  }
  if (results.inference.length > 0) {
    const body = table(
      ['', 'ms', 'texts/s'],
      results.inference.map((row) => [
        row.name,
        row.error ? 'failed' : number(row.ms),
        number(row.textsPerSecond),
      ]),
    );
    add('The built-in model reading 32 texts of 32 tokens', body);
  }
  const ratios = Object.entries(results.ratios).map(([name, value]) => [name, number(value)]);
  add('Ratios', table(['', ''], ratios));
  const checks = Object.entries(results.checks).map(([name, value]) => [name, value.toExponential(1)]);
  if (checks.length > 0) add('Checks', table(['', 'gap'], checks));
  if (results.notes.length > 0) add('Notes', results.notes.join('\n'));
  return sections.join('\n\n');
}
