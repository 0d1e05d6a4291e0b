/** Data: from a file to rows that a model can learn from, with every doubt on the table. */
import { Button, Group, Modal } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconReplace } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { useLocation } from 'wouter';
import { useActivity } from '../../state/activity';
import { cancelOpening, checkData, restoreData } from '../../state/commands/data';
import { useProject } from '../../state/project';
import { Busy } from '../common/Busy';
import { AreaError } from '../common/ErrorCard';
import type { NoteSpec } from '../common/Note';
import { ScreenFrame } from '../common/ScreenFrame';
import { useTrainBlockedBy } from '../shell/useJourney';
import { ClassBars } from './ClassBars';
import classes from './data.module.css';
import { Facts } from './Facts';
import { Findings } from './Findings';
import { ImportBar } from './ImportBar';
import { Intake } from './Intake';
import { LengthBars } from './LengthBars';
import { SplitCard } from './SplitCard';
import { TableCard } from './TableCard';
import { useTableView } from './useTableView';

const INTAKE_NOTES: readonly NoteSpec[] = [
  {
    id: 'data-what',
    title: 'What it needs',
    body: 'One row per example: a text, and the class it belongs to. Aim for 8 or more rows per class; 30 make it solid. Other columns may stay; Hone leaves them alone.',
  },
  {
    id: 'data-private',
    title: 'Where it goes',
    body: 'Nowhere. The file is read by this tab, and a copy is kept in this browser so that a reload loses nothing.',
  },
];
const TABLE_NOTES: readonly NoteSpec[] = [
  {
    id: 'data-test',
    title: 'Why rows are put aside',
    body: 'A model can learn its rows by heart. So some rows are kept from it: validation rows show while training when to stop; test rows stay untouched until the end and say how good it really is.',
  },
  {
    id: 'data-flaws',
    title: 'Why flaws matter',
    body: 'The same text under two labels teaches a contradiction. The same text in training and test gives the answers away. Fixing a few dozen rows often does more than any setting.',
  },
];

export function DataScreen() {
  const summary = useProject((project) => project.summary);
  return summary ? <OpenedData /> : <NoData />;
}

function NoData() {
  return (
    <ScreenFrame
      question="What should the model learn from?"
      lead="Rows that pair a text with its class. They stay on this computer."
      notes={INTAKE_NOTES}
    >
      <Intake />
    </ScreenFrame>
  );
}

function OpenedData() {
  const [, go] = useLocation();
  const blocked = useTrainBlockedBy();
  const reading = useActivity('data');
  const report = useProject((project) => project.report);
  const [replacing, replace] = useDisclosure(false);
  const table = useTableView();
  // A file that arrives closes the dialog it came through; an error stays in it.
  const before = useRef(reading.status);
  useEffect(() => {
    if (before.current === 'busy' && reading.status === 'idle') replace.close();
    before.current = reading.status;
  }, [reading.status, replace.close]);
  return (
    <ScreenFrame
      question="What should the model learn from?"
      notes={TABLE_NOTES}
      other={{ label: 'Is a prompt enough?', to: '/prompt-or-tune' }}
      primary={{ label: 'Choose a model', onClick: () => go('/model'), disabledReason: blocked }}
    >
      <Group justify="space-between" align="flex-end" gap="sm">
        <Facts />
        <Button
          variant="default"
          size="sm"
          leftSection={<IconReplace size={16} aria-hidden />}
          onClick={replace.open}
        >
          Open other data
        </Button>
      </Group>
      {!replacing && <AreaError area="data" onRetry={() => void restoreData()} />}
      {!replacing && reading.status === 'busy' && <Busy area="data" onCancel={cancelOpening} />}
      <ImportBar />
      {/* Rows are not at hand before they are read; asked for then, they would stay an error. */}
      {reading.status !== 'busy' && <TableCard table={table} />}
      <Busy area="check" />
      <AreaError area="check" onRetry={() => void checkData()} />
      {report && (
        <div className={classes.columns}>
          <Findings table={table} />
          <div className={classes.side}>
            <SplitCard />
            <ClassBars />
            <LengthBars />
          </div>
        </div>
      )}
      <Modal
        opened={replacing}
        onClose={replace.close}
        title="Open other data"
        size="xl"
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <Intake compact />
      </Modal>
    </ScreenFrame>
  );
}
