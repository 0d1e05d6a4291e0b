/** The measurement row by row, growing as it goes, with a copy for pasting. */
import { Button, Table, Text } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { type Bench, useBench } from '../../state/bench';
import { Section } from '../common/Section';
import classes from './bench.module.css';
import { amount, benchText, PLACE_NAMES, placeText, ratioText } from './benchText';
import { finding } from './finding';

export function BenchTable() {
  const bench = useBench((all) => all);
  const clipboard = useClipboard({ timeout: 2000 });
  if (bench.places.length === 0) return null;
  return (
    <Section
      title={finding(bench)}
      lead={bench.places.map((place) => (
        <Text key={place.place} size="sm" c="dimmed">
          {placeText(place)}
        </Text>
      ))}
      tools={
        bench.rows.length > 0 && (
          <Button
            variant="default"
            size="sm"
            leftSection={
              clipboard.copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />
            }
            onClick={() => clipboard.copy(benchText(bench, navigator.userAgent))}
          >
            {clipboard.copied ? 'Copied' : 'Copy as Markdown'}
          </Button>
        )
      }
    >
      <Rows rows={bench.rows} />
    </Section>
  );
}

function Rows({ rows }: { rows: Bench['rows'] }) {
  if (rows.length === 0) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className={classes.wrap} tabIndex={0} aria-label="Figures">
      <Table aria-label="Measured on this machine" verticalSpacing="sm" className={classes.table}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Work</Table.Th>
            {['Hone', 'TensorFlow.js', 'Times as fast'].map((title) => (
              <Table.Th scope="col" className={classes.number} key={title}>
                {title}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={`${row.place} ${row.work}`}>
              <Table.Th scope="row">
                {row.work}
                <Text component="span" size="xs" c="dimmed" display="block">
                  {PLACE_NAMES[row.place]}
                </Text>
              </Table.Th>
              <Table.Td className={classes.number}>{amount(row.hone, row.unit)}</Table.Td>
              <Table.Td className={classes.number}>{amount(row.stock, row.unit)}</Table.Td>
              <Table.Td className={classes.number}>
                <strong>{ratioText(row)}</strong>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
