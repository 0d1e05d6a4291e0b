/** What the open run was made with: folded facts, and the settings that depart from the defaults. */
import { Button, Collapse, Table } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useState } from 'react';
import { endingOf, type RunReport } from '../../engine/core/report';
import { count, duration, magnitude, moment, plural } from '../common/format';
import type { GlossaryId } from '../common/glossary';
import { Section } from '../common/Section';
import { Term } from '../common/Term';
import { type ChangedSetting, changedSettings, methodLabel } from './settingsDiff';
import shared from './shared.module.css';

export function RunFacts({ report }: { report: RunReport }) {
  const [open, setOpen] = useState(false);
  const changes = changedSettings(report.config);
  const { splits } = report.data;
  const ending = endingOf(report);
  const facts: { name: string; term?: GlossaryId; value: string }[] = [
    {
      name: 'Data',
      value: `${report.config.data.name}, ${plural(report.data.kept, 'row')} used of ${count(report.data.rows)}`,
    },
    {
      name: 'Rows for training, validation, test',
      value: `${count(splits.train)}, ${count(splits.validation)}, ${count(splits.test)}`,
    },
    { name: 'Model', value: `${report.model.id}, ${magnitude(report.model.parameters)} parameters` },
    {
      name: 'Method',
      value: `${methodLabel(report.method.id)}, ${count(report.method.trainable_parameters)} trained`,
    },
    {
      name: 'Steps',
      value: `${count(report.total_steps)}${ending === null ? '' : `, ended ${ending}`}; best at step ${count(report.best_step)}`,
    },
    { name: 'Seed of the split', term: 'seed', value: String(report.config.data.split.seed) },
    {
      name: 'Ran on',
      value: `${report.backend.adapter} (${report.backend.id === 'wasm' ? 'WebAssembly' : 'WebGPU'})`,
    },
    { name: 'Took', value: duration(report.timing.wall_s) },
    { name: 'Finished', value: moment(report.finished_at) },
  ];
  return (
    <Section
      title="How this run was made"
      lead={
        changes.length === 0
          ? 'Every setting stands at its default.'
          : `${plural(changes.length, 'setting')} changed from the default.`
      }
      tools={
        <Button
          variant="default"
          size="sm"
          aria-expanded={open}
          rightSection={
            <IconChevronDown size={16} aria-hidden className={shared.chevron} data-open={open || undefined} />
          }
          onClick={() => setOpen(!open)}
        >
          {open ? 'Fold' : 'Show'}
        </Button>
      }
    >
      <Collapse expanded={open}>
        <dl className={shared.facts}>
          {facts.map(({ name, term, value }) => (
            <div key={name}>
              <dt>{term ? <Term id={term}>{name}</Term> : name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        {changes.length > 0 && <Changes changes={changes} />}
      </Collapse>
    </Section>
  );
}

function Changes({ changes }: { changes: readonly ChangedSetting[] }) {
  return (
    <Table mt="md" aria-label="Settings changed from the default">
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">Setting</Table.Th>
          <Table.Th scope="col">This run</Table.Th>
          <Table.Th scope="col">Default</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {changes.map(({ key, label, term, value, usual }) => (
          <Table.Tr key={key}>
            <Table.Th scope="row">
              {label} <span className={shared.muted}>({term})</span>
            </Table.Th>
            <Table.Td>{value}</Table.Td>
            <Table.Td>{usual}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
