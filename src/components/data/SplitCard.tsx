/** How the rows are divided between learning, watching and testing. */
import { Button, Collapse, FileButton, Group, NumberInput, Text, Title } from '@mantine/core';
import { useDebouncedCallback, useDisclosure } from '@mantine/hooks';
import type { SplitSettings } from '../../engine/core/config';
import { addTestFile, removeTestFile, setSplit } from '../../state/commands/data';
import { useProject } from '../../state/project';
import { Busy } from '../common/Busy';
import { AreaError } from '../common/ErrorCard';
import { count } from '../common/format';
import type { GlossaryId } from '../common/glossary';
import { Term } from '../common/Term';
import classes from './data.module.css';

const PARTS = [
  { key: 'train', label: 'learn from', term: 'training-rows' },
  { key: 'validation', label: 'watch', term: 'validation-rows' },
  { key: 'test', label: 'test', term: 'test-rows' },
] as const satisfies readonly { key: string; label: string; term: GlossaryId }[];

export function SplitCard() {
  const splits = useProject((project) => project.report?.splits);
  const [open, panel] = useDisclosure(false);
  if (!splits) return null;
  const total = Math.max(1, splits.train + splits.validation + splits.test);
  return (
    <section className={classes.card} aria-labelledby="split-title">
      <Group justify="space-between" wrap="nowrap">
        <Title order={2} size="h4" id="split-title">
          How the rows are divided
        </Title>
        <Button
          variant="subtle"
          size="compact-sm"
          flex="none"
          aria-label={open ? 'Close the split settings' : 'Change the split'}
          aria-expanded={open}
          onClick={panel.toggle}
        >
          {open ? 'Close' : 'Change'}
        </Button>
      </Group>
      <div className={classes.splitBar} aria-hidden>
        {PARTS.map(({ key }) => (
          <span key={key} data-part={key} style={{ flexGrow: splits[key] / total }} />
        ))}
      </div>
      <ul className={classes.splitList}>
        {PARTS.map(({ key, label, term }) => (
          <li key={key}>
            <i data-part={key} aria-hidden />
            <strong>{count(splits[key])}</strong>
            <br />
            to <Term id={term}>{label}</Term>
          </li>
        ))}
      </ul>
      <Text size="sm" c="dimmed" component="div">
        <Term id="stratified">Every part gets each class in its share</Term>, and copies of a text stay
        together.
      </Text>
      <Collapse expanded={open}>
        <SplitForm />
      </Collapse>
    </section>
  );
}

function SplitForm() {
  const split = useProject((project) => project.split);
  const testFile = useProject((project) => project.testFile);
  const change = useDebouncedCallback((part: Partial<SplitSettings>) => void setSplit(part), 500);
  const share = (key: 'validation' | 'test', label: string) => (
    <NumberInput
      size="sm"
      label={label}
      suffix=" %"
      min={2}
      max={50}
      clampBehavior="blur"
      allowDecimal={false}
      defaultValue={Math.round(split[key] * 100)}
      onChange={(value) => {
        const percent = Number(value);
        if (percent >= 2 && percent <= 50) change({ [key]: percent / 100 });
      }}
    />
  );
  return (
    <div className={classes.splitForm}>
      {share('validation', 'Validation share')}
      {!testFile && share('test', 'Test share')}
      <NumberInput
        size="sm"
        label="Split seed"
        description="The same seed divides the rows the same way."
        min={0}
        max={2 ** 31 - 1}
        allowDecimal={false}
        defaultValue={split.seed}
        onChange={(value) => {
          if (typeof value === 'number') change({ seed: value });
        }}
      />
      {testFile ? (
        <div>
          <Text size="sm">
            Test rows come from <strong>{testFile.name}</strong>.
          </Text>
          <Button variant="default" size="compact-md" mt={6} onClick={() => void removeTestFile()}>
            Take test rows from the data again
          </Button>
        </div>
      ) : (
        <FileButton
          onChange={(file) => {
            if (file) void addTestFile(file);
          }}
          inputProps={{ 'aria-label': 'Test file' }}
        >
          {(props) => (
            <Button {...props} variant="default" size="sm">
              Use a separate test file
            </Button>
          )}
        </FileButton>
      )}
      <Busy area="test-file" />
      <AreaError area="test-file" />
    </div>
  );
}
