/** Which rows the table shows: all of the file, or those of one finding. */
import { useState } from 'react';
import { useProject } from '../../state/project';
import type { RowsView } from '../../workers/protocol';

export interface TableView {
  view: RowsView;
  /** Title of the finding shown; null for all rows. */
  title: string | null;
  /** Changes whenever rows fetched before are no longer those of the view. */
  key: string;
  showAll(): void;
  showFinding(code: string): void;
}

export function useTableView(): TableView {
  const [code, setCode] = useState<string | null>(null);
  const summary = useProject((project) => project.summary);
  const report = useProject((project) => project.report);
  // A finding that a fix has dealt with has no rows left to show.
  const finding = report?.findings.find((candidate) => candidate.code === code);
  const file = summary ? `${summary.hash} ${JSON.stringify(summary.options)}` : '';
  return {
    view: finding ? { kind: 'finding', code: finding.code } : { kind: 'all' },
    title: finding?.title ?? null,
    key: finding ? `${file} ${finding.code} ${finding.count} ${report?.kept}` : file,
    showAll: () => setCode(null),
    showFinding: setCode,
  };
}
