/** What else the reader of a study should know before acting on it, each with its number. */
import { bytes, count, duration, figure, percent } from '../core/format';
import { type Advice, type ArmReport, apart, costPerThousand, type Situation } from '../core/study';
import { ALIKE, asGoodAs, type Candidates, differenceOf, type Findings } from './candidates';

/** Mean gap between confidence and accuracy beyond which confidences mislead. */
const POOR_CALIBRATION = 0.1;
const LARGER = 10;
/** Share of the floor beyond which accuracy hides the rare labels. */
const LOPSIDED = 0.8;

type Note = Omit<Advice, 'kind'>;

/** `subject` = the arm of which the learning curve's answer is said. */
export function adviceNotes(report: Findings, candidates: Candidates, subject: string | null): Advice[] {
  const { situation, pricePerMillion } = report.config;
  const notes: Note[] = [
    ...failures(report),
    ...unanswered(candidates),
    ...lopsided(candidates),
    ...calibration(candidates),
    ...largeFile(candidates),
    ...levelCurve(report, subject),
    ...(situation ? ofSituation(situation, candidates, pricePerMillion) : []),
  ];
  return notes.map((note) => ({ kind: 'note', ...note }));
}

function failures({ arms }: Findings): Note[] {
  return arms
    .filter(({ status }) => status === 'failed')
    .map(({ id, label, error }) => ({
      text: `“${label}” failed and is left out of this advice.`,
      because: error?.message ?? 'No reason was recorded.',
      at: `arm-${id}`,
    }));
}

function unanswered({ all }: Candidates): Note[] {
  return all
    .filter((arm) => arm.unanswered > 0)
    .map((arm) => ({
      text: `“${arm.label}” gave no usable answer to some rows; they count as wrong.`,
      because: `${count(arm.unanswered)} of ${count(arm.n)} test rows (${percent(arm.unanswered / arm.n)}).`,
      at: `arm-${arm.id}`,
    }));
}

function lopsided({ majority }: Candidates): Note[] {
  return majority && majority.accuracy >= LOPSIDED
    ? [
        {
          text: 'One label makes up most rows, so that accuracy hides the others: compare macro F1 too.',
          because: `Always the most common label is right on ${percent(majority.accuracy)} of ${count(majority.n)} test rows.`,
          at: `arm-${majority.id}`,
        },
      ]
    : [];
}

function calibration({ all }: Candidates): Note[] {
  const [best] = all;
  return best?.ece != null && best.ece > POOR_CALIBRATION
    ? [
        {
          text: `Do not take the confidences of “${best.label}” at their word: they are off by ${percent(best.ece)} on average.`,
          because: `Expected calibration error ${figure(best.ece)} on ${count(best.n)} test rows (15 bins).`,
          at: `arm-${best.id}`,
        },
      ]
    : [];
}

/** A full copy of the model that a small file beside it matches: LoRA against full. */
function largeFile({ tuned }: Candidates): Note[] {
  const small = tuned.reduce<ArmReport | null>(
    (least, arm) => (least === null || arm.bytes < least.bytes ? arm : least),
    null,
  );
  const large = small && tuned.find((arm) => arm.bytes >= LARGER * small.bytes && !apart(arm, small));
  return small && large
    ? [
        {
          text: asGoodAs(small, large)
            ? `“${small.label}” matches “${large.label}” to within ${ALIKE * 100} points, with a file of ${bytes(small.bytes)} instead of ${bytes(large.bytes)}.`
            : `Whether “${large.label}” is worth a file of ${bytes(large.bytes)} instead of the ${bytes(small.bytes)} of “${small.label}” cannot be told.`,
          because: `${differenceOf(large, small)}.`,
          at: `arm-${small.id}`,
        },
      ]
    : [];
}

function levelCurve({ more_data, arms }: Findings, subject: string | null): Note[] {
  return more_data
    .filter(({ arm, verdict }) => arm === subject && verdict !== 'yes')
    .map(({ arm, message, verdict }) => ({
      text: `${verdict === 'no' ? 'More rows would hardly help' : 'Whether more rows would help cannot be told for'} “${arms.find(({ id }) => id === arm)?.label ?? arm}”.`,
      because: message,
      at: 'curve',
    }));
}

function ofSituation(situation: Situation, candidates: Candidates, pricePerMillion: number): Note[] {
  return [
    ...stayInside(candidates),
    ...changing(situation, candidates),
    ...slow(situation, candidates),
    ...perDay(situation, candidates, pricePerMillion),
  ];
}

function stayInside({ ruledOut }: Candidates): Note[] {
  return ruledOut.map((arm) => ({
    text: `“${arm.label}” is out: it sends rows past your own network, and yours must stay inside.`,
    because: `It was right on ${percent(arm.accuracy)} of ${count(arm.n)} test rows.`,
    at: 'situation',
  }));
}

function changing({ changes }: Situation, { tuned, cheap }: Candidates): Note[] {
  const [best] = tuned;
  const [quick] = cheap;
  return changes === 'weekly' && best && quick
    ? [
        {
          text: `Labels that change weekly mean tuning again each week. “${quick.label}” follows a change in ${quick.train_s < 1 ? 'no time' : duration(quick.train_s)}.`,
          because: `“${best.label}” took ${duration(best.train_s)} to train and is right on ${percent(best.accuracy)}; “${quick.label}” on ${percent(quick.accuracy)}.`,
          at: 'situation',
        },
      ]
    : [];
}

function slow({ maxLatencyMs }: Situation, { all }: Candidates): Note[] {
  if (maxLatencyMs === null) return [];
  return all
    .filter((arm) => arm.latency_ms !== null && arm.latency_ms > maxLatencyMs)
    .map((arm) => ({
      text: `“${arm.label}” is too slow for you.`,
      because: `One answer took ${figure(arm.latency_ms ?? 0)} ms here; the limit is ${figure(maxLatencyMs)} ms.`,
      at: `arm-${arm.id}`,
    }));
}

function perDay({ rowsPerDay }: Situation, { prompts }: Candidates, pricePerMillion: number): Note[] {
  if (rowsPerDay === 0) return [];
  // Prompts of one length cost the same: said once for all of them.
  const alike = new Map<string, { labels: string[]; cost: number }>();
  for (const arm of prompts) {
    const cost = costPerThousand(arm, pricePerMillion);
    if (cost === 0) continue;
    const because =
      arm.cost_per_thousand === undefined
        ? `${count(rowsPerDay)} rows a day at ${figure(arm.prompt_tokens)} tokens, ${figure(pricePerMillion)} a million.`
        : `${count(rowsPerDay)} rows a day at ${figure(cost)} for 1,000, measured at its own prices.`;
    const { labels } = alike.get(because) ?? { labels: [] };
    alike.set(because, { labels: [...labels, `“${arm.label}”`], cost });
  }
  return Array.from(alike, ([because, { labels, cost }]) => ({
    text: `At a price a token, ${labels.join(', ')} would cost ${figure((rowsPerDay / 1000) * cost)} a day${labels.length > 1 ? ' each' : ''}.`,
    because,
    at: 'situation',
  }));
}
