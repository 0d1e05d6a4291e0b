/** What the headless page says while it works, and what it ends with. */
import type { RunConfig } from '../engine/core/config';
import type { ErrorData } from '../engine/core/errors';
import type { RunEvent } from '../engine/core/events';
import type { RunReport } from '../engine/core/report';
import type { StudyEvent, StudyReport } from '../engine/core/study';
import type { DataReport, DataSummary, Estimate, Progress } from '../workers/protocol';
import type { HeadlessRequest } from './request';

export type TuneEvent =
  | RunEvent
  | (Progress & { type: 'progress' })
  | { type: 'data'; summary: DataSummary; roles: RunConfig['data']['roles']; guessed: readonly string[] }
  /** What the checks of the data say, worst first; `first` is the first row that is not used. */
  | {
      type: 'checked';
      findings: readonly Pick<DataReport['findings'][number], 'severity' | 'title'>[];
      rejected: number;
      first: { line: number; reason: string } | null;
    }
  | { type: 'study'; event: StudyEvent }
  | { type: 'estimate'; estimate: Estimate }
  | { type: 'note'; text: string };

export type TuneOutcome =
  | { status: 'finished'; report: RunReport | StudyReport }
  /** The input cannot be used as it is. */
  | { status: 'refused'; error: ErrorData }
  | { status: 'failed'; error: ErrorData }
  | { status: 'cancelled' };

/** What the page offers to the command that opened it. */
export interface HeadlessPage {
  run(request: HeadlessRequest): Promise<TuneOutcome>;
  cancel(): void;
}

declare global {
  interface Window {
    honeHeadless?: HeadlessPage;
    /** Given by the command. */
    honeEvent?: (event: TuneEvent) => Promise<void>;
  }
}
