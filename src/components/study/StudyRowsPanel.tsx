/** The same test row through every way, side by side; rows on which they differ first. */
import { CloseButton, Select, Text, TextInput, VisuallyHidden } from '@mantine/core';
import { IconCheck, IconSearch, IconX } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useDeferredValue, useMemo, useRef, useState } from 'react';
import type { StudyReport, StudyRows } from '../../engine/core/study';
import { count, percent, plural } from '../common/format';
import { Section } from '../common/Section';
import classes from './rows.module.css';
import { ALL_ROWS, countDiffering, type RowsQuery, type StudyRow, selectRows } from './studyRows';
import { hasAnswers, namesOf } from './studyText';

interface StudyRowsPanelProps {
  report: StudyReport;
  rows: StudyRows;
}

export function StudyRowsPanel({ report, rows }: StudyRowsPanelProps) {
  const [query, setQuery] = useState(ALL_ROWS);
  const names = namesOf(report);
  const keys = useMemo(() => report.arms.filter(hasAnswers).map(({ id }) => id), [report.arms]);
  const search = useDeferredValue(query.search);
  const found = useMemo(() => selectRows(rows, keys, { ...query, search }), [rows, keys, query, search]);
  const differing = useMemo(() => countDiffering(rows, keys), [rows, keys]);
  const ways = keys.map((key) => ({ value: key, label: names[key] ?? key }));
  const change = (changes: Partial<RowsQuery>): void => setQuery({ ...query, ...changes });
  return (
    <Section
      title={`The ways differ on ${count(differing)} of ${plural(rows.rows.length, 'test row')}`}
      lead="Every test row with every answer; rows on which the ways differ come first."
    >
      <div className={classes.tools}>
        <TextInput
          aria-label="Find in text or labels"
          placeholder="Find in text or labels"
          leftSection={<IconSearch size={16} aria-hidden />}
          value={query.search}
          onChange={(event) => change({ search: event.currentTarget.value })}
          rightSection={
            query.search === '' ? null : (
              <CloseButton size="sm" aria-label="Clear the search" onClick={() => change({ search: '' })} />
            )
          }
        />
        <Select
          aria-label="Right by"
          placeholder="Right by …"
          data={ways}
          value={query.rightBy}
          clearable
          onChange={(rightBy) => change({ rightBy })}
        />
        <Select
          aria-label="Wrong by"
          placeholder="Wrong by …"
          data={ways}
          value={query.wrongBy}
          clearable
          onChange={(wrongBy) => change({ wrongBy })}
        />
      </div>
      <Text size="sm" c="dimmed" role="status">
        {found.length === rows.rows.length
          ? `All ${plural(found.length, 'row')}`
          : `${plural(found.length, 'row')} found`}
      </Text>
      {found.length > 0 && <Rows rows={found} labels={rows.classes} keys={keys} names={names} />}
    </Section>
  );
}

interface RowsProps {
  rows: readonly StudyRow[];
  labels: readonly string[];
  keys: readonly string[];
  names: Readonly<Record<string, string>>;
}

/** Before a row has been measured. */
const USUAL_HEIGHT = 132;

function Rows({ rows, labels, keys, names }: RowsProps) {
  const scroller = useRef<HTMLElement>(null);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => USUAL_HEIGHT,
    getItemKey: (index) => rows[index]?.line ?? index,
    overscan: 6,
    useFlushSync: false,
  });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section ref={scroller} className={classes.scroller} tabIndex={0} aria-label="Test rows">
      <ol className={classes.rows} style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ key, index, start }) => {
          const row = rows[index];
          return (
            row && (
              <li
                key={key}
                ref={virtualizer.measureElement}
                data-index={index}
                aria-posinset={index + 1}
                aria-setsize={rows.length}
                className={classes.row}
                style={{ transform: `translateY(${start}px)` }}
              >
                <Row row={row} labels={labels} keys={keys} names={names} />
              </li>
            )
          );
        })}
      </ol>
    </section>
  );
}

/** Longer texts are cut; a text may hold 100,000 characters. */
const SHOWN = 400;

const Row = memo(function Row({ row, labels, keys, names }: Omit<RowsProps, 'rows'> & { row: StudyRow }) {
  const { text, line, expected, answers } = row;
  return (
    <>
      <p className={classes.text}>{text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text}</p>
      <p className={classes.meta}>
        line {count(line)} · true label <strong>{labels[expected]}</strong>
      </p>
      <dl className={classes.answers}>
        {keys.map((key) => {
          const answer = answers[key];
          if (!answer) {
            return (
              <div key={key} className={classes.answer}>
                <dt>{names[key]}</dt>
                <dd className={classes.notAsked}>not asked</dd>
              </div>
            );
          }
          const right = answer.predicted === expected;
          const Mark = right ? IconCheck : IconX;
          return (
            <div key={key} className={classes.answer} data-right={right}>
              <dt>{names[key]}</dt>
              <dd>
                <Mark size={15} stroke={2.4} aria-hidden />
                <VisuallyHidden>{right ? 'right: ' : 'wrong: '}</VisuallyHidden>
                <span>{labels[answer.predicted] ?? 'no usable answer'}</span>
                {answer.confidence !== null && (
                  <span className={classes.sure}>{percent(answer.confidence).replace(/\.\d/, '')}</span>
                )}
              </dd>
            </div>
          );
        })}
      </dl>
    </>
  );
});
