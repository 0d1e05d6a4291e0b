/** Prompting, prompt tuning, adapters and full tuning side by side, with this data's figures. */
import { Table } from '@mantine/core';
import type { StudyReport } from '../../engine/core/study';
import { comparisonTable } from '../../engine/evaluation/comparisonTable';
import { Section } from '../common/Section';
import classes from './comparison.module.css';

export function Comparison({ report }: { report: StudyReport }) {
  const { columns, rows } = comparisonTable(report);
  if (columns.length < 2) return null;
  return (
    <Section
      title="How the ways differ in kind"
      lead="The most often right of each kind, with the figures of your own rows."
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section className={classes.wrap} tabIndex={0} aria-label="Kinds of ways">
        <Table aria-label="Prompting and tuning compared" verticalSpacing="xs" className={classes.table}>
          <Table.Thead>
            <Table.Tr>
              <Table.Td className={classes.aspect} />
              {columns.map(({ family, label }) => (
                <Table.Th key={family} scope="col">
                  {label}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map(({ aspect, cells }) => (
              <Table.Tr key={aspect}>
                <Table.Th scope="row" className={classes.aspect}>
                  {aspect}
                </Table.Th>
                {columns.map(({ family }, i) => (
                  <Table.Td key={family}>{cells[i]}</Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </section>
    </Section>
  );
}
