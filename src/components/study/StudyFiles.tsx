/** A study taken along: to print or share, to count anew, to keep. */
import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useActivity } from '../../state/activity';
import { type StudyFile, saveStudy } from '../../state/commands/studies';
import { AreaError } from '../common/ErrorCard';
import { Section } from '../common/Section';
import classes from './queue.module.css';

const FILES: readonly { kind: StudyFile; label: string }[] = [
  { kind: 'html', label: 'Report (HTML)' },
  { kind: 'csv', label: 'Answers (CSV)' },
  { kind: 'json', label: 'Everything (JSON)' },
];

export function StudyFiles({ id }: { id: string }) {
  const busy = useActivity('study-file').status === 'busy';
  return (
    <Section
      title="To print or share"
      lead="The report is one page that needs no network: table, charts, advice, settings, and the test rows on which the ways disagree."
    >
      <AreaError area="study-file" />
      <div className={classes.controls}>
        {FILES.map(({ kind, label }) => (
          <Button
            key={kind}
            size="sm"
            variant="default"
            disabled={busy}
            leftSection={<IconDownload size={16} aria-hidden />}
            onClick={() => void saveStudy(id, kind)}
          >
            {label}
          </Button>
        ))}
      </div>
    </Section>
  );
}
