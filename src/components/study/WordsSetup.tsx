/** What a prompt tells the model: a description of each label, and examples of it. */
import { Select, Tabs, Textarea } from '@mantine/core';
import { useEffect, useState } from 'react';
import { loadSamples } from '../../state/commands/machine';
import { setDescription, setExamples } from '../../state/commands/studySetup';
import { useMachine } from '../../state/machine';
import { useProject } from '../../state/project';
import { useStudySetup } from '../../state/studySetup';
import { count, plural } from '../common/format';
import { DescriptionFields } from '../compare/DescriptionFields';
import { isDescribed } from '../compare/descriptionEdits';
import { Fold } from './Fold';
import classes from './setup.module.css';

const NOTHING = {};
const MOST_EXAMPLES = 64;

export function WordsSetup({ labels }: { labels: readonly string[] }) {
  const descriptions = useProject((project) => project.descriptions);
  const sample = useProject((project) => project.sample);
  const samples = useMachine((machine) => machine.samples);
  useEffect(() => void loadSamples(), []);
  // Before it is known what came with the sample, nothing passes for changed.
  const unknown = sample !== null && samples === null;
  const usual = unknown
    ? descriptions
    : (samples?.find(({ id }) => id === sample)?.labelDescriptions ?? NOTHING);
  const examples = useStudySetup((setup) => setup.examples);
  const given = labels.filter((label) => (examples[label] ?? []).length > 0).length;
  const lead = [
    isDescribed(labels, descriptions)
      ? 'Labels are described in words'
      : 'Labels are described by their names',
    given === 0
      ? 'examples are drawn from the training rows'
      : `${plural(given, 'label')} with examples of yours`,
  ].join('; ');
  return (
    <Fold title="What is a prompt told?" lead={`${lead}.`} what="the words">
      <Tabs defaultValue="descriptions" keepMounted={false}>
        <Tabs.List aria-label="What a prompt is told">
          <Tabs.Tab value="descriptions">Descriptions</Tabs.Tab>
          <Tabs.Tab value="examples">Examples</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="descriptions" className={classes.words}>
          <DescriptionFields labels={labels} values={descriptions} usual={usual} onChange={setDescription} />
        </Tabs.Panel>
        <Tabs.Panel value="examples" className={classes.words}>
          <Examples labels={labels} examples={examples} />
        </Tabs.Panel>
      </Tabs>
    </Fold>
  );
}

interface ExamplesProps {
  labels: readonly string[];
  examples: Readonly<Record<string, readonly string[]>>;
}

function Examples({ labels, examples }: ExamplesProps) {
  const [label, setLabel] = useState(labels[0] ?? '');
  const [draft, setDraft] = useState<string | null>(null);
  const texts = examples[label] ?? [];
  const change = (text: string): void => {
    setDraft(text);
    const lines = text.split('\n').map((line) => line.trim());
    setExamples(label, lines.filter((line) => line !== '').slice(0, MOST_EXAMPLES));
  };
  return (
    <div className={classes.stack}>
      <Select
        label="Label"
        data={labels.map((value) => ({
          value,
          label: examples[value]?.length ? `${value} (${count(examples[value].length)})` : value,
        }))}
        value={label}
        searchable
        allowDeselect={false}
        onChange={(value) => {
          setLabel(value ?? '');
          setDraft(null);
        }}
      />
      <Textarea
        label={`Examples of ${label}`}
        description="One on each line. Left empty, they are drawn from the training rows."
        autosize
        minRows={3}
        maxRows={12}
        value={draft ?? texts.join('\n')}
        onChange={(event) => change(event.currentTarget.value)}
        onBlur={() => setDraft(null)}
      />
    </div>
  );
}
