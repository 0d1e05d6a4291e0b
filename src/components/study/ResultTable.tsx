/** The table of all ways: how good, how sure, and what each costs; sorted by any column, ties named as ties. */
import { Select, Table, Tooltip, UnstyledButton } from '@mantine/core';
import { IconArrowDown, IconArrowsSort, IconArrowUp } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import type { StudyReport } from '../../engine/core/study';
import { restateStudy } from '../../state/commands/studies';
import { useShown } from '../../state/workshop';
import { AreaError } from '../common/ErrorCard';
import { GLOSSARY, type GlossaryId } from '../common/glossary';
import { Section } from '../common/Section';
import { Definition, Term } from '../common/Term';
import { useProjector } from '../common/useProjector';
import { PercentAxis } from '../compare/IntervalBar';
import { ArmRow } from './ArmRow';
import { COLUMNS, type ColumnId, FIRST_SORTING, pressed, type Sorting, sorted } from './columns';
import { PriceInput } from './PriceInput';
import setup from './setup.module.css';
import { finding, hasAnswers, namesOf } from './studyText';
import classes from './table.module.css';

interface ResultTableProps {
  report: StudyReport;
  /** Nothing can be stated anew while ways are still being asked. */
  underWay: boolean;
}

export function ResultTable({ report, underWay }: ResultTableProps) {
  const [sorting, setSorting] = useState(FIRST_SORTING);
  const { config } = report;
  const projector = useProjector();
  const { questions } = useShown();
  const names = namesOf(report);
  const price = config.pricePerMillion;
  return (
    <Section
      title={finding(report)}
      lead={
        <>
          All on the same test rows. <Term id="interval">Intervals</Term> hold the true value 95 times in 100.
        </>
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section className={classes.wrap} tabIndex={0} aria-label="The ways compared">
        <Table className={classes.table} verticalSpacing="sm" aria-label="Every way and what it costs">
          <Table.Thead>
            <Table.Tr>
              <Header
                id="name"
                label="Way"
                term={null}
                sorting={sorting}
                onSort={setSorting}
                className={classes.nameHead}
              />
              {COLUMNS.map(({ id, label, term }) => (
                <Header
                  key={id}
                  id={id}
                  label={label}
                  term={term}
                  sorting={sorting}
                  onSort={setSorting}
                  className={classes.number}
                >
                  {id === 'accuracy' && (
                    <div className={classes.axis}>
                      <PercentAxis />
                    </div>
                  )}
                </Header>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {sorted(report.arms, sorting, names, price).map((arm) => (
              <ArmRow key={arm.id} arm={arm} report={report} names={names} underWay={underWay} />
            ))}
          </Table.Tbody>
        </Table>
      </section>
      <AreaError area="restate" />
      {!projector && (
        <div className={classes.restate}>
          <Select
            label="Compare all others with"
            classNames={{ label: setup.label ?? '' }}
            data={report.arms.filter(hasAnswers).map(({ id }) => ({ value: id, label: names[id] ?? id }))}
            value={config.reference}
            allowDeselect={false}
            disabled={underWay}
            onChange={(reference) => {
              if (reference !== null) void restateStudy({ reference });
            }}
          />
          {!underWay && questions && (
            <PriceInput
              key={report.id}
              value={price}
              onChange={(pricePerMillion) => void restateStudy({ pricePerMillion })}
            />
          )}
        </div>
      )}
    </Section>
  );
}

interface HeaderProps {
  id: ColumnId;
  label: string;
  term: GlossaryId | null;
  sorting: Sorting;
  onSort: (sorting: Sorting) => void;
  className: string | undefined;
  children?: ReactNode;
}

function Header({ id, label, term, sorting, onSort, className, children }: HeaderProps) {
  const active = sorting.column === id;
  const Arrow = !active ? IconArrowsSort : sorting.descending ? IconArrowDown : IconArrowUp;
  return (
    <Table.Th
      scope="col"
      className={className}
      aria-sort={active ? (sorting.descending ? 'descending' : 'ascending') : 'none'}
    >
      <Tooltip
        multiline
        w={300}
        disabled={term === null}
        events={{ hover: true, focus: true, touch: false }}
        label={term && <Definition {...GLOSSARY[term]} />}
      >
        <UnstyledButton
          className={classes.sort}
          data-active={active || undefined}
          onClick={() => onSort(pressed(sorting, id))}
        >
          {label}
          <Arrow size={13} aria-hidden />
        </UnstyledButton>
      </Tooltip>
      {children}
    </Table.Th>
  );
}
