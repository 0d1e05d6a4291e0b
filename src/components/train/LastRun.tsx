/** Before a run: the finished one that stands open on the same data, so that a reload does not seem to have lost it. */
import { Button, Group, Text, Title } from '@mantine/core';
import { Link } from 'wouter';
import { useProject } from '../../state/project';
import { useRuns } from '../../state/runs';
import { leadFinding } from '../compare/sentences';
import styles from './train.module.css';

export function LastRun() {
  const report = useRuns((runs) => runs.opened?.report);
  const hash = useProject((project) => project.summary?.hash);
  if (!report || report.config.data.hash !== hash) return null;
  return (
    <section className={`hone-card ${styles.ready}`} aria-labelledby="last-run-title">
      <div>
        <Title order={2} size="h3" id="last-run-title">
          The last run on this data
        </Title>
        <Text c="dimmed" size="sm">
          {report.name}
        </Text>
      </div>
      <Text>{leadFinding(report).text}</Text>
      <Group gap="xs">
        <Button component={Link} href="/compare" variant="default" size="sm">
          Compare before and after
        </Button>
      </Group>
    </section>
  );
}
