/** README.md of an export: a model card (Mitchell et al. 2019) in the Hugging Face form, from the report alone. */
import { type Comparison, endingOf, type Scores, SIGNIFICANT } from '../core/report';
import type { ExportFile, ExportMeta, Snippet } from './input';

const FEW_TEST_ROWS = 200;
const FEW_CLASS_ROWS = 10;
const POOR_CALIBRATION = 0.1;

export function modelCard(
  meta: ExportMeta,
  library: string,
  files: readonly ExportFile[],
  snippets: readonly Snippet[],
): string {
  const { report } = meta;
  const sections = [
    frontMatter(meta, library),
    `# ${plain(report.name)}`,
    `A text classifier with ${report.data.classes.length} labels, ${origin(meta)} (${count(report.method.trainable_parameters)} trained of ${count(report.model.parameters)} parameters), finished ${report.finished_at.slice(0, 10)}.`,
    '## Scores',
    scoresSection(meta),
    '## Data',
    dataSection(meta),
    '## Limits',
    list(limits(meta)),
    '## How to use it',
    ...snippets.map(({ title, language, code }) => `${title}:\n\n\`\`\`${language}\n${code}\`\`\``),
    '## Files',
    list(files.map(({ path, opensIn }) => `\`${path}\` (${opensIn})`)),
    'The texts in `predictions.csv` are exactly those of the data. A spreadsheet may run a text that begins with `=`, `+`, `-` or `@` as a formula: import the file with the column `input` set to text.',
    '## Made from',
    list(sources(meta)),
  ];
  return `${sections.join('\n\n')}\n`;
}

/** 'tuned with Hone from **MiniLM** by the method `lora`' */
function origin({ anew, base, report }: ExportMeta): string {
  const by = `by the method \`${report.method.id}\``;
  return anew
    ? `trained with Hone from random weights in the architecture of **${plain(base.name)}**, ${by}`
    : `tuned with Hone from **${plain(base.name)}** ${by}`;
}

/** Keys of the Hub's model cards; JSON strings are valid YAML. The Hub takes a base model for what was tuned. */
function frontMatter({ anew, base, report }: ExportMeta, library: string): string {
  return [
    '---',
    `license: ${JSON.stringify(base.licence.toLowerCase())}`,
    `library_name: ${library}`,
    'pipeline_tag: text-classification',
    ...(anew ? [] : [`base_model: ${JSON.stringify(base.sources[0]?.name ?? base.id)}`]),
    'tags:',
    '- hone',
    '- text-classification',
    'metrics:',
    '- accuracy',
    '- f1',
    `model_name: ${JSON.stringify(report.name)}`,
    '---',
  ].join('\n');
}

function scoresSection({ report }: ExportMeta): string {
  const columns: [string, Scores][] = [
    ['Before (no tuning)', report.before],
    ['**After**', report.after],
    ...report.baselines.map(({ label, scores }): [string, Scores] => [plain(label), scores]),
  ];
  const line = (title: string, cell: (scores: Scores) => string): string =>
    `| ${title} | ${columns.map(([, scores]) => cell(scores)).join(' | ')} |`;
  const table = [
    `| ${report.after.n} test rows | ${columns.map(([title]) => title).join(' | ')} |`,
    `|---|${columns.map(() => '---').join('|')}|`,
    line('Accuracy', ({ accuracy, ci95 }) => withInterval(accuracy, ci95.accuracy)),
    line('Macro F1', ({ macro_f1, ci95 }) => withInterval(macro_f1, ci95.macro_f1)),
    line('Log loss (nats)', ({ loss }) => (loss === null ? 'none' : loss.toPrecision(3))),
    line('Calibration error (ECE)', ({ ece }) => (ece === null ? 'none' : percent(ece))),
  ].join('\n');
  return [
    table,
    'In brackets: 95 % intervals (accuracy: Wilson; macro F1: bootstrap over rows). The test rows took no part in training or in choosing the best point.',
    ...rewordingLines(report),
    list([
      `After against before: ${difference(report.comparison)}`,
      ...report.baselines.map(({ label, versus }) => `After against ${plain(label)}: ${difference(versus)}`),
    ]),
  ].join('\n\n');
}

/** The best of several tries on the same rows is better than it is on others: each look is told. */
function rewordingLines({ rewordings = 0 }: ExportMeta['report']): string[] {
  if (rewordings === 0) return [];
  const times = rewordings === 1 ? 'once' : `${count(rewordings)} times`;
  return [
    `“Before” was measured again on these test rows ${times}, each time with other descriptions of the labels, and the last is shown. Words chosen by their score on the test rows make “before” look better than it would be on other rows.`,
  ];
}

function difference({ delta, ci95, mcnemar_p, fixed, broken }: Comparison): string {
  const p = mcnemar_p < 0.001 ? 'p < 0.001' : `p = ${mcnemar_p.toPrecision(2)}`;
  const verdict = mcnemar_p < SIGNIFICANT ? '' : ' This can be chance.';
  return `${points(delta)} points of accuracy (${points(ci95[0])} to ${points(ci95[1])}); ${fixed} rows fixed, ${broken} broken; exact McNemar ${p}.${verdict}`;
}

function dataSection({ report }: ExportMeta): string {
  const { data, config } = report;
  const ending = endingOf(report);
  const facts = [
    `Source: ${plain(config.data.name)}, text column “${plain(config.data.roles.text)}”, label column “${plain(config.data.roles.label)}”, SHA-256 \`${config.data.hash}\`.`,
    `${count(data.rows)} rows read, ${count(data.kept)} kept, ${count(data.rejected.length)} rejected${data.left_out > 0 ? `, ${count(data.left_out)} left out of the sample` : ''}.`,
    `${count(data.splits.train)} rows to train, ${count(data.splits.validation)} to choose the best point, ${count(data.splits.test)} to test.`,
    `${count(data.truncated)} texts were longer than the limit and were cut.`,
    `${count(report.total_steps)} training steps${ending === null ? '' : `, ended ${ending}`}; the best point, kept, was step ${count(report.best_step)}.`,
  ];
  const labels = [
    '| Label | Rows | To train |',
    '|---|---|---|',
    ...data.classes.map(
      (label, id) =>
        `| ${plain(label)} | ${count(data.class_counts[id] ?? 0)} | ${count(data.train_counts[id] ?? 0)} |`,
    ),
  ];
  return `${list(facts)}\n\n${labels.join('\n')}`;
}

function limits({ report, maxLength }: ExportMeta): string[] {
  const { after, data, verdict } = report;
  const scarce = data.classes.filter((_, id) => (data.train_counts[id] ?? 0) < FEW_CLASS_ROWS);
  const lines = [
    'It always answers with one of the labels above, also for texts that fit none of them.',
    'The scores hold for texts like the test rows; other sources, times and languages need their own test.',
    `It reads the first ${maxLength} tokens of a text.`,
  ];
  if (after.n < FEW_TEST_ROWS) {
    lines.push(`Only ${after.n} test rows: read the intervals, not the points.`);
  }
  if (scarce.length > 0) {
    lines.push(
      `Labels with fewer than ${FEW_CLASS_ROWS} training rows are hardly learned and hardly tested: ${scarce.map(plain).join(', ')}.`,
    );
  }
  if (after.ece !== null && after.ece > POOR_CALIBRATION) {
    lines.push(`Its confidence is off by ${percent(after.ece)} on average: do not use it as a probability.`);
  }
  if (verdict.code !== 'learning') lines.push(plain(verdict.message));
  return lines;
}

function sources({ anew, base }: ExportMeta): string[] {
  const derived = anew
    ? 'Its architecture and its tokenizer alone: no weight comes from it. Keep the tokenizer’s notice.'
    : 'The tuned weights are a derived work: keep its notice.';
  return [
    `${plain(base.name)} (\`${base.id}\`, revision ${plain(base.revision)}), licence ${plain(base.licence)}. ${derived}`,
    ...base.sources.map(
      ({ name, url, licence }) => `${plain(name)}, ${plain(url)}, licence ${plain(licence)}.`,
    ),
  ];
}

/** User text inside Markdown: one line, nothing that Markdown or HTML would read. */
function plain(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_[\]<>|#~]/g, '\\$&')
    .trim();
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function withInterval(value: number, [low, high]: readonly [number, number]): string {
  return `${percent(value)} [${percent(low)}, ${percent(high)}]`;
}

function points(share: number): string {
  const value = (share * 100).toFixed(1);
  return share > 0 ? `+${value}` : value;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
