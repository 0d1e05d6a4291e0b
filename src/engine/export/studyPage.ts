/**
 * A study as one HTML file to print or share: no script, no request, nothing but what stands in it. What came from
 * data is escaped by html.ts.
 */
import { ARMS } from '../arms/specs';
import {
  aboutRows,
  bytes,
  count,
  duration,
  figure,
  moment,
  percent,
  plural,
  points,
  pValue,
} from '../core/format';
import {
  type ArmReport,
  apart,
  type CurvePoint,
  costPerThousand,
  ranked,
  type StudyReport,
  type StudyRows,
} from '../core/study';
import { Html, html } from './html';

/** Rows on which arms disagree that are printed; the CSV has them all. */
const ROWS_SHOWN = 40;
const WIDTH = 640;
const HEIGHT = 280;
const MARGIN = { left: 48, right: 150, top: 12, bottom: 34 };

const STYLE = `
:root{color-scheme:light dark;--bg:#faf9f6;--ink:#1c1b1a;--muted:#6b6863;--line:#e7e3dc;--accent:#c2410c;--soft:#64748b;--card:#fff}
@media(prefers-color-scheme:dark){:root{--bg:#161514;--ink:#f1eee9;--muted:#a39e97;--line:#34312d;--accent:#fb923c;--soft:#94a3b8;--card:#1f1d1b}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1180px;padding:32px 20px 64px;background:var(--bg);color:var(--ink);font:15px/1.5 "Inter Variable",Inter,system-ui,sans-serif;font-variant-numeric:tabular-nums}
h1{font-size:26px;line-height:1.2;margin:0 0 4px}h2{font-size:18px;margin:36px 0 8px}
.muted,.why{color:var(--muted)}.why{font-size:13px}:target{outline:2px solid var(--accent)}
ol.advice{padding-left:22px}ol.advice li{margin-bottom:10px}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:13.5px}
th,td{padding:7px 10px 7px 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
thead th{font-weight:550;color:var(--muted);font-size:12.5px}td.n,th.n{text-align:right;white-space:nowrap}
tr.best th{color:var(--accent)}.tie{display:block;color:var(--muted);font-size:12.5px;font-weight:400}
.wrong{color:var(--muted)}.right::before{content:"✓ "}.wrong::before{content:"✗ "}
tbody th{min-width:150px}th.n{white-space:normal}td.text{min-width:220px;max-width:340px;overflow-wrap:anywhere}
svg{width:100%;height:auto;max-width:760px}svg text{fill:var(--muted);font-size:11px}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font-size:12px;background:var(--card);border:1px solid var(--line);padding:12px;border-radius:6px}
@page{size:A4 landscape;margin:12mm}
@media print{body{max-width:none;padding:0;background:#fff}h2{break-after:avoid}tr,svg,li{break-inside:avoid}
.wide{overflow:visible}table{font-size:11px}tbody th{min-width:130px}td.text{min-width:150px}.tie{white-space:normal;font-size:10px}th,td{padding-right:8px}}
`;

export function studyPage(report: StudyReport, rows: StudyRows | null): string {
  const { name, data, model, backend, advice, config } = report;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${name}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<h1>${name}</h1>
<p class="muted" id="data">${config.data.name}: ${plural(data.splits.train, 'row')} to train on, ${count(data.splits.validation)} to validate, ${count(data.splits.test)} to test; ${plural(data.classes.length, 'label')}. Model ${model.id}, on ${backend.adapter}. ${report.finished_at === null ? 'Not finished yet.' : moment(report.finished_at)}</p>
${advice.length > 0 && html`<h2>What to do</h2><ol class="advice">${advice.map(({ text, because, at }) => html`<li>${text}<br><a class="why" href="#${at}">${because}</a></li>`)}</ol>`}
<h2>Every way on the same ${count(data.splits.test)} test rows</h2>
${table(report)}
${costChart(report)}
${curveSection(report)}
${rows && disagreements(report, rows)}
<h2 id="situation">Settings</h2>
<pre>${JSON.stringify(config, null, 2)}</pre>
<p class="muted">Made with Hone in a browser; the rows never left it${reachedOut(report) ? ', but for what the ways that ask a model elsewhere were sent' : ''}.</p>
</body>
</html>
`;
  return page.text;
}

/** Whether any way may have sent rows: one that failed or was cut short has, too, and an unknown one may have. */
function reachedOut({ config }: StudyReport): boolean {
  return config.arms.some(({ arm }) => ARMS.find(({ id }) => id === arm)?.reach !== 'tab');
}

function table(report: StudyReport): Html {
  const sorted = ranked(report.arms);
  const labelOf = new Map(report.arms.map(({ id, label }) => [id, label]));
  const absent = report.arms.filter(({ status }) => status !== 'finished');
  return html`<div class="wide"><table>
<thead><tr><th>Way</th><th class="n">Right</th><th class="n">95 % between</th><th class="n">Macro F1</th><th class="n">Against ${labelOf.get(report.config.reference) ?? ''}</th><th class="n">Weights trained</th><th class="n">File</th><th class="n">Training</th><th class="n">A row takes</th><th class="n">Tokens a row</th><th class="n">Cost of 1,000 rows</th></tr></thead>
<tbody>${sorted.map((arm, rank) => armRow(arm, rank === 0, report))}</tbody>
</table></div>
${absent.map(({ id, label, status, error }) => html`<p class="muted" id="arm-${id}">${label}: ${status === 'skipped' ? 'skipped' : `failed. ${error?.message ?? ''}`}</p>`)}`;
}

function armRow(arm: ArmReport, best: boolean, { arms, config }: StudyReport): Html {
  const [low, high] = arm.ci95.accuracy;
  const ties = ranked(arms).filter((other) => other.id !== arm.id && !apart(arm, other));
  const needed = arm.versus?.rows_needed;
  return html`<tr class="${best ? 'best' : ''}" id="arm-${arm.id}"><th>${arm.label}
${ties.length > 0 && html`<span class="tie">Not told apart on these rows from: ${ties.map(({ label }) => label).join(', ')}.</span>`}
${arm.notes.map((note) => html`<span class="tie">${note}</span>`)}</th>
<td class="n"><strong>${percent(arm.accuracy)}</strong></td><td class="n">${percent(low)} – ${percent(high)}</td><td class="n">${percent(arm.macro_f1)}</td>
<td class="n">${arm.versus ? html`${points(arm.versus.delta)}<br><span class="muted">95 %: ${arm.versus.ci95.map(points).join(' to ')}<br>${pValue(arm.versus.p_holm)} (Holm)</span>${needed && html`<br><span class="muted">about ${aboutRows(needed)} rows would tell</span>`}` : '–'}</td>
<td class="n">${count(arm.trainable_parameters)}</td><td class="n">${bytes(arm.bytes)}</td><td class="n">${arm.train_s > 0 ? duration(arm.train_s) : '–'}</td>
<td class="n">${arm.latency_ms === null ? '–' : `${figure(arm.latency_ms)} ms`}</td><td class="n">${figure(arm.prompt_tokens)}</td><td class="n">${figure(costPerThousand(arm, config.pricePerMillion))}</td></tr>`;
}

interface Scale {
  (value: number): number;
  ticks: number[];
}

/** Logarithmic; ticks at powers of ten. */
function logScale(values: readonly number[], from: number, to: number): Scale {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  const scale = (value: number): number => from + ((Math.log10(value) - low) / (high - low)) * (to - from);
  return Object.assign(scale, {
    ticks: Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i)),
  });
}

/** Shares, from a round figure below the lowest to one above the highest. */
function shareScale(values: readonly number[], from: number, to: number): Scale {
  const low = Math.max(0, Math.floor(Math.min(...values) * 10) / 10);
  const high = Math.min(1, Math.max(low + 0.1, Math.ceil(Math.max(...values) * 10) / 10));
  const scale = (value: number): number => from + ((value - low) / (high - low)) * (to - from);
  const steps = Math.round((high - low) * 10);
  return Object.assign(scale, { ticks: Array.from({ length: steps + 1 }, (_, i) => low + i / 10) });
}

const RIGHT = WIDTH - MARGIN.right;
const BOTTOM = HEIGHT - MARGIN.bottom;

function frame(x: Scale, y: Scale, title: string, xTitle: string, inside: readonly Html[]): Html {
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}">
${y.ticks.map((tick) => html`<line x1="${MARGIN.left}" x2="${RIGHT}" y1="${y(tick)}" y2="${y(tick)}" stroke="var(--line)"/><text x="${MARGIN.left - 8}" y="${y(tick) + 4}" text-anchor="end">${Math.round(tick * 100)} %</text>`)}
${x.ticks.map((tick) => html`<text x="${x(tick)}" y="${BOTTOM + 16}" text-anchor="middle">${figure(tick)}</text>`)}
<text x="${(MARGIN.left + RIGHT) / 2}" y="${HEIGHT - 2}" text-anchor="middle">${xTitle}</text>
${inside}</svg>`;
}

/** Between two names. */
const NAME_LINE = 13;

function costChart(report: StudyReport): Html | null {
  const arms = ranked(report.arms).filter(({ train_s }) => train_s > 0);
  if (arms.length < 2) return null;
  const x = logScale(
    arms.map(({ train_s }) => train_s),
    MARGIN.left,
    RIGHT,
  );
  const y = shareScale(
    arms.flatMap(({ ci95 }) => ci95.accuracy),
    BOTTOM,
    MARGIN.top,
  );
  let lowest = Number.NEGATIVE_INFINITY;
  const marks = arms.map(({ label, accuracy, train_s, ci95 }) => {
    const at = x(train_s);
    // Best first, so each name stands at its point or below the name before it.
    lowest = Math.max(y(accuracy) + 4, lowest + NAME_LINE);
    return html`<line x1="${at}" x2="${at}" y1="${y(ci95.accuracy[0])}" y2="${y(ci95.accuracy[1])}" stroke="var(--soft)"/><circle cx="${at}" cy="${y(accuracy)}" r="4" fill="var(--accent)"/><text x="${at + 8}" y="${lowest}">${label}</text>`;
  });
  // A logarithmic axis has no place for them, and leaving them unsaid would hide the prompts.
  const still = ranked(report.arms).filter(({ train_s }) => train_s === 0);
  const beside = still.map(({ label, accuracy }) => `${label}, ${percent(accuracy)}`).join('; ');
  return html`<h2>Quality against training time</h2>${frame(x, y, 'Accuracy against training time', 'Seconds of training', marks)}${still.length > 0 ? html`<p>Without any training: ${beside}.</p>` : null}`;
}

const LINE_COLOURS = ['var(--accent)', '#0f766e', 'var(--soft)', '#a16207', '#7c3aed', '#be185d'];

function curveSection(report: StudyReport): Html | null {
  const points = report.learning_curve ?? [];
  if (points.length < 2) return null;
  const mean = ({ draws }: CurvePoint): number =>
    draws.reduce((sum, { accuracy }) => sum + accuracy, 0) / Math.max(1, draws.length);
  const all = points.flatMap(({ draws }) => draws.map(({ accuracy }) => accuracy));
  const x = logScale(
    points.map(({ rows }) => rows),
    MARGIN.left,
    RIGHT,
  );
  const y = shareScale(all, BOTTOM, MARGIN.top);
  const labelOf = new Map(report.arms.map(({ id, label }) => [id, label]));
  const lines = [...new Set(points.map(({ arm }) => arm))].map((arm, i) => {
    const own = points.filter((point) => point.arm === arm).sort((a, b) => a.rows - b.rows);
    const colour = LINE_COLOURS[i % LINE_COLOURS.length] ?? '';
    const last = own.at(-1) as CurvePoint;
    return html`<polyline fill="none" stroke="${colour}" stroke-width="2" points="${own.map((point) => `${x(point.rows)},${y(mean(point))}`).join(' ')}"/>
${own.flatMap((point) => point.draws.map(({ accuracy }) => html`<circle cx="${x(point.rows)}" cy="${y(accuracy)}" r="2.5" fill="${colour}"/>`))}
<text x="${x(last.rows) + 8}" y="${y(mean(last)) + 4}">${labelOf.get(arm) ?? arm}</text>`;
  });
  return html`<h2 id="curve">Quality against training rows</h2>${frame(x, y, 'Accuracy against training rows', 'Training rows', lines)}
${report.more_data.map(({ arm, message }) => html`<p>${labelOf.get(arm) ?? arm}: ${message}</p>`)}`;
}

function disagreements(report: StudyReport, { classes, rows }: StudyRows): Html | null {
  // Who answers the same to everything disagrees with everybody and says nothing by it.
  const arms = ranked(report.arms).filter(({ arm }) => arm !== 'majority');
  const split = rows
    .map((row) => ({
      ...row,
      said: new Set(arms.flatMap(({ id }) => row.answers[id]?.predicted ?? [])).size,
    }))
    .filter(({ said }) => said > 1)
    .sort((a, b) => b.said - a.said);
  if (split.length === 0) return null;
  const name = (index: number): string => classes[index] ?? 'no answer';
  return html`<h2>Where they disagree</h2>
<p class="muted">${plural(split.length, 'test row')} of ${count(rows.length)}${split.length > ROWS_SHOWN ? `; the ${ROWS_SHOWN} with the most different answers` : ''}.</p>
<div class="wide"><table><thead><tr><th>Text</th><th>Label</th>${arms.map(({ label }) => html`<th>${label}</th>`)}</tr></thead>
<tbody>${split.slice(0, ROWS_SHOWN).map(
    (row) =>
      html`<tr><td class="text">${row.text}</td><td>${name(row.expected)}</td>${arms.map(({ id }) => {
        const predicted = row.answers[id]?.predicted;
        if (predicted === undefined) return html`<td class="muted">not asked</td>`;
        return html`<td class="${predicted === row.expected ? 'right' : 'wrong'}">${name(predicted)}</td>`;
      })}</tr>`,
  )}</tbody></table></div>`;
}
