/** Data sets that come with Hone, to try it without a file of one's own. */
import { Skeleton, Text, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { useEffect } from 'react';
import { openSample } from '../../state/commands/data';
import { loadSamples } from '../../state/commands/machine';
import { useMachine } from '../../state/machine';
import { AreaError } from '../common/ErrorCard';
import { count } from '../common/format';
import classes from './data.module.css';

export function SampleCards() {
  const samples = useMachine((machine) => machine.samples);
  useEffect(() => void loadSamples(), []);
  return (
    <section className={classes.samples} aria-label="Samples">
      <Text size="sm" c="dimmed">
        Or try a sample
      </Text>
      <AreaError area="samples" onRetry={() => void loadSamples()} />
      {samples === null && [0, 1, 2].map((i) => <Skeleton key={i} height={104} />)}
      {samples?.map((sample) => (
        <UnstyledButton key={sample.id} className={classes.sample} onClick={() => void openSample(sample.id)}>
          <Text fw={550}>
            <VisuallyHidden>Open the sample </VisuallyHidden>
            {sample.name}
          </Text>
          <Text size="sm" c="dimmed" lineClamp={3}>
            {sample.description}
          </Text>
          <Text size="sm" mt={4}>
            {count(sample.rows)} rows, {sample.classes} classes
          </Text>
        </UnstyledButton>
      ))}
    </section>
  );
}
