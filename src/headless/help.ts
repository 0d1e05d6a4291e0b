/** `npm run tune -- --help` and `npm run compare -- --help`, written from the tables that parse the options. */

import type { ArmSpec } from '../engine/arms/spec';
import { OWN_ARM_SPECS } from '../engine/arms/specs';
import { METHODS, trainingDefaults } from '../engine/catalog';
import type { Field, SettingValue } from '../engine/core/fields';
import { TRAINING_FIELDS } from '../engine/training/spec';
import { type CommandName, RUN_OPTIONS, type RunOption } from './options';

const NAME_WIDTH = 24;
const LINE_WIDTH = 100;

const WHAT: Readonly<Record<CommandName, string>> = {
  tune: 'Tunes a model on DATA',
  compare: 'Compares ways of answering (prompting, tuning, both, neither) on the same held-out rows of DATA',
};

export function helpText(command: CommandName = 'tune'): string {
  const known = Object.entries<RunOption>(RUN_OPTIONS).filter(
    ([, { only }]) => only === undefined || only === command,
  );
  const run = known.map(([name, { value, help }]) =>
    entry(value === undefined ? `--${name}` : `--${name} ${value}`, help),
  );
  const arms = Object.values<ArmSpec>(OWN_ARM_SPECS).flatMap(({ id, label, fields }) =>
    command === 'tune' || fields.length === 0
      ? []
      : ['', `Settings of the arm ${id} (${label}):`, ...fields.flatMap(setting)],
  );
  const methods = METHODS.flatMap(({ id, label, fields }) =>
    fields.length === 0 ? [] : ['', `Settings of ${id} (${label}):`, ...fields.flatMap(setting)],
  );
  return [
    `npm run -s ${command} -- DATA [options]`,
    '',
    ...wrapped(
      `${WHAT[command]} (CSV, TSV, JSON or JSONL; or sample:support-intents and the other samples) in headless Chromium, as the page would. Progress goes to stderr, one JSON object to stdout.`,
      LINE_WIDTH,
    ),
    'Exit code: 0 = finished, 1 = failed, 2 = bad input.',
    '',
    ...run,
    '',
    'Training settings:',
    ...TRAINING_FIELDS.flatMap((field) => setting(field, exceptions(field))),
    ...arms,
    ...methods,
    '',
  ].join('\n');
}

/** Methods whose default differs from the field's own. */
function exceptions(field: Field): string {
  return METHODS.flatMap(({ id }) => {
    const value = trainingDefaults(id)[field.key];
    return value === undefined || value === field.default ? [] : `; ${id} ${shown(value)}`;
  }).join('');
}

function setting(field: Field, more: unknown = ''): string[] {
  if (field.option === undefined) return [];
  const name = field.kind === 'switch' ? `--[no-]${field.option}` : `--${field.option} ${placeholder(field)}`;
  const others = typeof more === 'string' ? more : '';
  const choices =
    field.kind === 'choice' || field.kind === 'many'
      ? ` One of ${field.options.map(({ value }) => value).join(', ')}.`.replace(
          'One of',
          field.kind === 'many' ? 'Any of' : 'One of',
        )
      : '';
  return [entry(name, `${field.term}. ${field.help}${choices} (${shown(field.default)}${others})`)];
}

function placeholder(field: Field): string {
  switch (field.kind) {
    case 'number':
      return field.integer ? 'N' : 'X';
    case 'layers':
      return 'K';
    case 'text':
      return 'TEXT';
    case 'many':
      return 'A,B';
    case 'choice':
    case 'switch':
      return 'A';
    default:
      return field satisfies never;
  }
}

function shown(value: SettingValue): string {
  if (typeof value === 'object') return value.join(',');
  // Lines as they would be written in a string.
  return String(value).replaceAll('\n', '\\n');
}

/** A name and its text beside it, wrapped. */
function entry(name: string, text: string): string {
  const lines = wrapped(text, LINE_WIDTH - NAME_WIDTH);
  const start = `  ${name}`;
  const indent = ' '.repeat(NAME_WIDTH);
  const first = start.length < NAME_WIDTH ? start.padEnd(NAME_WIDTH) : `${start}\n${indent}`;
  return first + lines.join(`\n${indent}`);
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line.length + word.length + 1 > width) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}
