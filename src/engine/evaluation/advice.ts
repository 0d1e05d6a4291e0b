import type { Advice, StudyReport } from '../core/study';

export function advise(_report: Omit<StudyReport, 'advice'>): Advice[] {
  return [];
}
