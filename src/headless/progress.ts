/** A run's events as lines for a terminal: every phase, check and verdict, and a step line now and then. */
import { changeOf, endingOf, type RunReport, type Verdict } from '../engine/core/report';
import type { ArmReport, StudyEvent } from '../engine/core/study';
import type { TuneEvent } from './events';
import { studyTable } from './studyTable';

const QUIET_MS = 3_000;

/** `now` in milliseconds. */
export function createProgress(write: (line: string) => void, now: () => number): (event: TuneEvent) => void {
  let lastLine = Number.NEGATIVE_INFINITY;
  let phase = '';
  let verdict = '';
  let totalSteps = 0;
  const told = { arms: 0 };
  const say = (line: string): void => {
    lastLine = now();
    write(line);
  };
  const sayNowAndThen = (line: string): void => {
    if (now() - lastLine >= QUIET_MS) say(line);
  };

  return (event) => {
    switch (event.type) {
      case 'progress':
        sayNowAndThen(`${event.label}${portion(event.done, event.total)}`);
        return;
      case 'study':
        studyLine(event.event, told, say, sayNowAndThen);
        return;
      case 'note':
        say(event.text);
        return;
      case 'data':
        say(dataLine(event));
        for (const guess of event.guessed) say(`  guessed ${guess}`);
        return;
      case 'checked':
        for (const line of checkLines(event)) say(line);
        return;
      case 'estimate':
        say(estimateLine(event));
        return;
      case 'phase': {
        const line = `${event.phase}${event.detail ? `: ${event.detail}` : ''}${portion(event.done, event.total)}`;
        if (event.phase === phase) sayNowAndThen(line);
        else say(line);
        phase = event.phase;
        return;
      }
      case 'plan':
        totalSteps = event.totalSteps;
        say(planLine(event));
        return;
      case 'step':
        sayNowAndThen(stepLine(event, totalSteps));
        return;
      case 'evaluation':
        say(evaluationLine(event));
        return;
      case 'verdict':
        if (event.code !== verdict) say(verdictLine(event));
        verdict = event.code;
        return;
      case 'warning':
        say(`warning at step ${event.step}: ${event.message}`);
        return;
      case 'done':
        say(resultLine(event.report));
        return;
      case 'checkpoint':
      case 'failed':
        return;
      default:
        event satisfies never;
    }
  };
}

/** A study's arms one after another, each with its result when it has one. */
function studyLine(
  event: StudyEvent,
  told: { arms: number },
  say: (line: string) => void,
  sayNowAndThen: (line: string) => void,
): void {
  switch (event.type) {
    case 'preparing':
      sayNowAndThen(`${event.detail}${portion(event.done, event.total)}`);
      return;
    case 'arm':
      sayNowAndThen(`${event.id}: ${event.detail}${portion(event.done, event.total)}`);
      return;
    case 'step':
      sayNowAndThen(`${event.id}: ${stepLine(event, event.totalSteps)}`);
      return;
    case 'evaluation':
      sayNowAndThen(`${event.id}: ${evaluationLine({ ...event, pinned: [], type: 'evaluation' })}`);
      return;
    case 'curve':
      sayNowAndThen(`curve: ${event.arm} on ${event.rows} rows${portion(event.done, event.total)}`);
      return;
    case 'report': {
      const { arms, finished_at, advice } = event.report;
      // Points of the curve bring the same arms again.
      if (arms.length > told.arms) for (const arm of arms.slice(told.arms)) say(armLine(arm));
      told.arms = arms.length;
      if (finished_at === null) return;
      for (const line of studyTable(event.report)) say(line);
      for (const { text, because } of advice) say(`advice: ${text} (${because})`);
      return;
    }
    default:
      event satisfies never;
  }
}

function armLine({ id, status, error, accuracy, ci95, n, train_s }: ArmReport): string {
  if (status !== 'finished') return `${id}: ${status}${error ? `: ${error.message}` : ''}`;
  const [low, high] = ci95.accuracy;
  return `${id}: ${percent(accuracy)} right (${percent(low)} to ${percent(high)}, n = ${n}), ${duration(train_s)} to train`;
}

type Of<T extends TuneEvent['type']> = Extract<TuneEvent, { type: T }>;

function portion(done: number, total: number): string {
  return total > 0 && done > 0 ? ` ${Math.floor((100 * done) / total)} %` : '';
}

function dataLine({ summary, roles }: Of<'data'>): string {
  const { name, rows, rejected } = summary;
  return `${name}: ${rows + rejected} rows, ${rejected} unreadable; “${roles.text}” → “${roles.label}”`;
}

function checkLines({ findings, rejected, first }: Of<'checked'>): string[] {
  const unused = first ? [`rows not used: ${rejected}; the first: line ${first.line} ${first.reason}`] : [];
  return [...unused, ...findings.map(({ severity, title }) => `data ${severity}: ${title}`)];
}

function estimateLine({ estimate: { seconds, peakBytes, advice } }: Of<'estimate'>): string {
  const time = seconds === null ? '' : `about ${duration(seconds)}, `;
  const memory = `${Math.round(peakBytes / 1e6)} MB of memory at the most`;
  return `${time}${memory}${advice === null ? '' : `\nwarning: ${advice}`}`;
}

function planLine({ backend, splits, classes, trainableParameters, totalSteps }: Of<'plan'>): string {
  return [
    `${backend.id} on ${backend.adapter} (${backend.reason})`,
    `${splits.train} rows to train on, ${splits.validation} to validate, ${splits.test} to test; ${classes.length} classes`,
    `${trainableParameters.toLocaleString('en')} trainable parameters, ${totalSteps} steps`,
  ].join('\n');
}

function stepLine(
  { step, epoch, loss, tokensPerSecond, secondsLeft }: Of<'step'>,
  totalSteps: number,
): string {
  const speed = `${Math.round(tokensPerSecond)} tokens/s, ${duration(secondsLeft)} left`;
  return `step ${step}/${totalSteps}, epoch ${epoch.toFixed(1)}, loss ${loss.toFixed(4)}, ${speed}`;
}

function evaluationLine(event: Of<'evaluation'>): string {
  const { step, train_loss, validation_loss, metrics, best } = event;
  const scores = `accuracy ${percent(metrics.accuracy)}, macro F1 ${percent(metrics.macro_f1)}`;
  const losses = `training loss ${train_loss.toFixed(4)}, validation loss ${validation_loss.toFixed(4)}`;
  return `check at step ${step}: ${losses}, ${scores}${best ? ' (best so far)' : ''}`;
}

function resultLine(report: RunReport): string {
  const { before, after, comparison, baselines, verdict } = report;
  const ending = endingOf(report);
  const others = baselines.map(({ label, scores }) => `${label}: ${percent(scores.accuracy)}`);
  const p = comparison.mcnemar_p < 0.0001 ? 'p < 0.0001' : `p = ${comparison.mcnemar_p.toPrecision(2)}`;
  return [
    `accuracy on ${after.n} test rows: ${percent(before.accuracy)} before, ${percent(after.accuracy)} after`,
    ...others,
    ...(ending === null ? [] : [`ended ${ending}`]),
    verdictLine(verdict),
    `result: ${changeWords(report)} (McNemar ${p})`,
  ].join('\n  ');
}

/** The last word is the test rows': curves may look well and the result still be worse. */
function changeWords({ comparison }: RunReport): string {
  const { fixed, broken } = comparison;
  const rows = `${fixed} fixed and ${broken} broken test rows`;
  const change = changeOf(comparison);
  switch (change) {
    case 'better':
      return `better than before tuning: ${rows}`;
    case 'worse':
      return `WORSE than before tuning: ${rows}; the untouched model is the better choice`;
    case 'same':
      return 'no different from before tuning: no row changed';
    case 'unclear':
      return `not distinguishable from before tuning: ${rows}`;
    default:
      return change satisfies never;
  }
}

function verdictLine({ code, message, advice }: Verdict): string {
  return `verdict: ${code}. ${message} ${advice}`.trimEnd();
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
