/** Before a run: everything that will happen, in one glance, with what was changed from the defaults. */
import { Alert, Anchor, Button, Group, Text, Title } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { Link } from 'wouter';
import { methodSpec, trainingFields } from '../../engine/catalog';
import { changedSettings, type Project, useProject } from '../../state/project';
import { count } from '../common/format';
import { Term } from '../common/Term';
import { EstimateFigures } from '../method/EstimateFigures';
import type { EstimateNow } from '../method/useEstimate';
import styles from './train.module.css';

export function ReadyCard({ now }: { now: EstimateNow }) {
  const project = useProject((state) => state);
  const spec = methodSpec(project.methodId);
  const splits = project.report?.splits;
  const backend = now.estimate?.backend;
  return (
    <section className={`hone-card ${styles.ready}`} aria-labelledby="ready-title">
      <Title order={2} size="h3" id="ready-title">
        What will happen
      </Title>
      <dl className={styles.readyFacts}>
        <dt>Data</dt>
        <dd>
          {project.summary?.name ?? (
            <Anchor component={Link} href="/data" inherit>
              none yet: open some data
            </Anchor>
          )}
          {splits && (
            <Text span c="dimmed" size="sm" display="block">
              {count(splits.train)} rows to <Term id="training-rows">learn from</Term>,{' '}
              {count(splits.validation)} to <Term id="validation-rows">check on</Term>, {count(splits.test)}{' '}
              kept for <Term id="test-rows">the test</Term>
            </Text>
          )}
        </dd>
        <dt>Model</dt>
        <dd>{project.model?.name ?? 'none yet'}</dd>
        <dt>Method</dt>
        <dd>
          {spec.label}
          <Text span c="dimmed" size="sm" display="block">
            {changedText(project)}
          </Text>
        </dd>
      </dl>
      <EstimateFigures now={now} />
      {now.estimate?.advice && (
        <Alert
          variant="light"
          color={now.estimate.fit === 'tight' ? 'yellow' : 'red'}
          icon={<IconAlertTriangle aria-hidden />}
          title={now.estimate.fit === 'tight' ? 'Memory will be tight' : 'This does not fit here'}
        >
          {now.estimate.advice}
        </Alert>
      )}
      {backend && (
        <Text size="sm" c="dimmed">
          Runs on {backend.adapter}. {backend.reason}
        </Text>
      )}
      <Group gap="xs">
        <Button component={Link} href="/method" variant="default" size="sm">
          Change the method
        </Button>
      </Group>
    </section>
  );
}

/** 'every setting at its default' or 'changed: Passes over the data 3, Step size 0.0002' */
function changedText(project: Project): string {
  const fields = [...methodSpec(project.methodId).fields, ...trainingFields(project.methodId)];
  const changed = { ...changedSettings(project, 'method'), ...changedSettings(project, 'training') };
  const parts = fields.flatMap((field) => {
    const value = changed[field.key];
    return value === undefined
      ? []
      : [`${field.label} ${Array.isArray(value) ? value.join(', ') : String(value)}`];
  });
  return parts.length === 0 ? 'every setting at its default' : `changed: ${parts.join('; ')}`;
}
