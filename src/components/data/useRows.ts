/** Windows of rows for the virtual table: pages of 200, the latest few kept, those scrolled past given up. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { type ErrorData, toErrorData } from '../../engine/core/errors';
import { readRows } from '../../state/commands/data';
import type { Result, RowsView } from '../../workers/protocol';

export type TableRow = Result<'data.rows'>['rows'][number];

const PAGE = 200;
const PAGES_KEPT = 24;
/** While the user scrolls fast, pages flying by are not asked for. */
const SETTLE_MS = 40;

interface Window {
  total: number;
  error: ErrorData | null;
  row(index: number): TableRow | undefined;
  /** Tells which rows are on the screen. */
  want(first: number, last: number): void;
}

export function useRows(view: RowsView, key: string, knownTotal: number): Window {
  const pages = useRef(new Map<number, readonly TableRow[]>());
  const inFlight = useRef(new Map<number, AbortController>());
  const timer = useRef(0);
  const latestView = useRef(view);
  latestView.current = view;
  const [total, setTotal] = useState(knownTotal);
  const [error, setError] = useState<ErrorData | null>(null);
  const [, redraw] = useState(0);

  // Depends on more than it reads: the key says when the rows are other rows.
  useEffect(() => {
    pages.current.clear();
    setTotal(knownTotal);
    setError(null);
    redraw((n) => n + 1);
    return () => {
      clearTimeout(timer.current);
      for (const controller of inFlight.current.values()) controller.abort();
      inFlight.current.clear();
    };
  }, [key, knownTotal]);

  const load = useCallback(async (page: number): Promise<void> => {
    const controller = new AbortController();
    inFlight.current.set(page, controller);
    try {
      const result = await readRows(latestView.current, page * PAGE, PAGE, controller.signal);
      if (controller.signal.aborted) return;
      pages.current.delete(page);
      pages.current.set(page, result.rows);
      const oldest = pages.current.keys().next().value;
      if (pages.current.size > PAGES_KEPT && oldest !== undefined) pages.current.delete(oldest);
      setTotal(result.total);
      redraw((n) => n + 1);
    } catch (thrown) {
      if (!controller.signal.aborted) setError(toErrorData(thrown));
    } finally {
      if (inFlight.current.get(page) === controller) inFlight.current.delete(page);
    }
  }, []);

  const want = useCallback(
    (first: number, last: number): void => {
      clearTimeout(timer.current);
      timer.current = window.setTimeout(() => {
        const from = Math.floor(Math.max(0, first) / PAGE);
        const to = Math.floor(Math.max(0, last) / PAGE);
        for (const [page, controller] of inFlight.current) {
          if (page >= from && page <= to) continue;
          controller.abort();
          inFlight.current.delete(page);
        }
        for (let page = from; page <= to; page++) {
          if (!pages.current.has(page) && !inFlight.current.has(page)) void load(page);
        }
      }, SETTLE_MS);
    },
    [load],
  );

  return {
    total,
    error,
    row: (index) => pages.current.get(Math.floor(index / PAGE))?.[index % PAGE],
    want,
  };
}
