/** Bench: Hone's engine beside TensorFlow.js as published, on the visitor's own machine. */
import { Text } from '@mantine/core';
import { useEffect } from 'react';
import { useActivity } from '../../state/activity';
import { useBench } from '../../state/bench';
import { cancelMeasurement, measureMachine } from '../../state/commands/bench';
import { useRun } from '../../state/run';
import { isUnderWay } from '../../state/runReducer';
import { Busy } from '../common/Busy';
import { AreaError } from '../common/ErrorCard';
import { ScreenFrame } from '../common/ScreenFrame';
import { BenchTable } from './BenchTable';

export function BenchScreen() {
  const running = useRun(isUnderWay);
  const isMeasuring = useActivity('bench').status === 'busy';
  const isFinished = useBench(({ finishedAt }) => finishedAt !== null);
  // Nobody would see it end, and it takes the whole machine.
  useEffect(() => cancelMeasurement, []);
  return (
    <ScreenFrame
      question="How fast is this machine?"
      lead="The same work by Hone’s engine and by TensorFlow.js as it is published, here in this browser."
      primary={{
        label: isFinished ? 'Measure again' : 'Measure',
        cost: '~1 min',
        onClick: () => void measureMachine(),
        busy: isMeasuring,
        disabledReason: running ? 'A run is under way; both would be slow.' : null,
      }}
    >
      <Text size="sm" c="dimmed">
        A training step is one batch of 16 texts of 32 tokens through a classifier of 5.3 million parameters,
        all of which move. A product multiplies two matrices. Leave the machine alone meanwhile: whatever else
        it does counts.
      </Text>
      <AreaError area="bench" onRetry={() => void measureMachine()} />
      <Busy area="bench" onCancel={cancelMeasurement} />
      <BenchTable />
    </ScreenFrame>
  );
}
