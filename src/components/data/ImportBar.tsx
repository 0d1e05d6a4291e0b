/** How the bytes were read: what was detected and why, and how to read them otherwise. */
import { Button, Collapse, NativeSelect, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { ReactNode } from 'react';
import type { ImportOptions } from '../../engine/core/config';
import { changeImport } from '../../state/commands/data';
import { useProject } from '../../state/project';
import { Term } from '../common/Term';
import classes from './data.module.css';

type Key = keyof ImportOptions;
interface OptionSpec {
  key: Key;
  label: ReactNode;
  name: string;
  values: readonly { value: string; label: string }[];
}

const FORMATS: OptionSpec = {
  key: 'format',
  label: 'Format',
  name: 'Format',
  values: [
    { value: 'csv', label: 'Table (CSV, TSV)' },
    { value: 'jsonl', label: 'JSONL, one object a line' },
    { value: 'json', label: 'JSON' },
  ],
};
const ENCODINGS: OptionSpec = {
  key: 'encoding',
  label: <Term id="encoding">Letters</Term>,
  name: 'Encoding',
  values: [
    { value: 'utf-8', label: 'UTF-8' },
    { value: 'utf-16le', label: 'UTF-16 (little endian)' },
    { value: 'utf-16be', label: 'UTF-16 (big endian)' },
    { value: 'windows-1252', label: 'Windows-1252 (Western)' },
  ],
};
const TABLE_OPTIONS: readonly OptionSpec[] = [
  {
    key: 'delimiter',
    label: <Term id="delimiter">Between columns</Term>,
    name: 'Delimiter',
    values: [
      { value: ',', label: 'Comma ,' },
      { value: ';', label: 'Semicolon ;' },
      { value: '\t', label: 'Tab' },
      { value: '|', label: 'Bar |' },
    ],
  },
  {
    key: 'quote',
    label: <Term id="quote">Around texts</Term>,
    name: 'Quote character',
    values: [
      { value: '"', label: 'Double quotes "' },
      { value: "'", label: "Single quotes '" },
      { value: '', label: 'None: read quotes as text' },
    ],
  },
  {
    key: 'header',
    label: <Term id="header">First row</Term>,
    name: 'Header row',
    values: [
      { value: 'true', label: 'Names of the columns' },
      { value: 'false', label: 'Data already' },
    ],
  },
];

export function ImportBar() {
  const summary = useProject((project) => project.summary);
  const changes = useProject((project) => project.importChanges);
  const [open, panel] = useDisclosure(false);
  if (!summary) return null;
  const { options, reasons, notes } = summary;
  const specs = [FORMATS, ENCODINGS, ...(options.format === 'csv' ? TABLE_OPTIONS : [])];
  const said = specs.map((spec) => short(spec, options[spec.key])).join(', ');
  const changed = Object.keys(changes).length;
  return (
    <section className={classes.import} aria-label="How the file was read">
      <div className={classes.importLine}>
        <Text size="sm">
          <Text span c="dimmed" inherit>
            Read as
          </Text>{' '}
          {said}{' '}
          <Text span c="dimmed" inherit>
            · {changed === 0 ? 'all detected' : `${changed} changed by you`}
          </Text>
        </Text>
        <Button variant="subtle" size="compact-sm" aria-expanded={open} onClick={panel.toggle}>
          {open ? 'Close' : 'Change how it is read'}
        </Button>
      </div>
      {notes.map((note) => (
        <Text key={note} size="sm" c="dimmed">
          {note}
        </Text>
      ))}
      <Collapse expanded={open}>
        <div className={classes.importGrid}>
          {specs.map((spec) => (
            <Option
              key={spec.key}
              spec={spec}
              value={options[spec.key]}
              reason={reasons[spec.key]}
              changed={spec.key in changes}
            />
          ))}
        </div>
      </Collapse>
    </section>
  );
}

interface OptionProps {
  spec: OptionSpec;
  value: string | boolean;
  reason: string | undefined;
  changed: boolean;
}

function Option({ spec, value, reason, changed }: OptionProps) {
  const known = spec.values.some((candidate) => candidate.value === String(value));
  const values = known ? spec.values : [...spec.values, { value: String(value), label: `“${value}”` }];
  return (
    <div>
      <Text size="sm" fw={550} component="div">
        {spec.label}
      </Text>
      <NativeSelect
        size="sm"
        aria-label={spec.name}
        value={String(value)}
        data={[...values]}
        onChange={(event) => void changeImport(changeOf(spec.key, event.currentTarget.value))}
      />
      <Text size="xs" c="dimmed" mt={4}>
        {changed ? 'Changed by you. ' : reason !== undefined && `Detected: ${reason}`}
        {changed && (
          <Button
            variant="transparent"
            size="compact-xs"
            p={0}
            onClick={() => void changeImport({ [spec.key]: null })}
          >
            Detect again
          </Button>
        )}
      </Text>
    </div>
  );
}

function changeOf(key: Key, value: string): Partial<ImportOptions> {
  return { [key]: key === 'header' ? value === 'true' : value };
}

function short(spec: OptionSpec, value: string | boolean): string {
  const label = spec.values.find((candidate) => candidate.value === String(value))?.label ?? `“${value}”`;
  if (spec.key === 'format') return String(value).toUpperCase();
  if (spec.key === 'header') return value ? 'names in the first row' : 'no row of names';
  if (spec.key === 'quote') return value === '' ? 'no quotes' : label.slice(0, -2).toLowerCase();
  return spec.key === 'delimiter' ? label.replace(/ .$/, '').toLowerCase() : label.replace(/ \(.*$|,.*$/, '');
}
