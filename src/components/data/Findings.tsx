/** What is doubtful about the rows, worst first: look, fix, undo. */
import { Button, Menu, Text, Title } from '@mantine/core';
import {
  IconAlertOctagon,
  IconAlertTriangle,
  IconCheck,
  IconChevronDown,
  IconInfoCircle,
} from '@tabler/icons-react';
import { applyFix, undoFix } from '../../state/commands/data';
import { useProject } from '../../state/project';
import type { DataReport } from '../../workers/protocol';
import classes from './data.module.css';
import type { TableView } from './useTableView';

type Finding = DataReport['findings'][number];

const KINDS = {
  error: { icon: IconAlertOctagon, word: 'Stops training' },
  warning: { icon: IconAlertTriangle, word: 'Worth fixing' },
  info: { icon: IconInfoCircle, word: 'Good to know' },
} as const;
const ORDER: readonly Finding['severity'][] = ['error', 'warning', 'info'];

export function Findings({ table }: { table: TableView }) {
  const report = useProject((project) => project.report);
  if (!report) return null;
  const sorted = [...report.findings].sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
  return (
    <section aria-labelledby="findings-title" className={classes.findings}>
      <Title order={2} size="h3" id="findings-title">
        {sorted.length === 0 ? 'Nothing doubtful was found' : 'What to look at'}
      </Title>
      {sorted.length === 0 && (
        <Text c="dimmed">No duplicates, contradictions, empty texts or class with too few rows.</Text>
      )}
      <ul className={classes.plainList} aria-label="Findings">
        {sorted.map((finding) => (
          <FindingCard key={finding.code} finding={finding} table={table} />
        ))}
      </ul>
      {report.applied.length > 0 && (
        <>
          <Title order={3} size="h4">
            Fixed
          </Title>
          <ul className={classes.plainList} aria-label="Fixes applied">
            {report.applied.map((fix) => (
              <li key={`${fix.finding} ${fix.action}`} className={classes.applied}>
                <IconCheck size={17} aria-hidden />
                <Text size="sm" style={{ flex: 1 }}>
                  {fix.title}{' '}
                  <Text span c="dimmed" inherit>
                    {fix.effect}
                  </Text>
                </Text>
                <Button
                  variant="default"
                  size="compact-sm"
                  aria-label={`Undo: ${fix.title}`}
                  onClick={() => void undoFix({ finding: fix.finding, action: fix.action })}
                >
                  Undo
                </Button>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function FindingCard({ finding, table }: { finding: Finding; table: TableView }) {
  const { icon: Icon, word } = KINDS[finding.severity];
  return (
    <li className={classes.finding} data-severity={finding.severity}>
      <Icon size={19} aria-hidden className={classes.findingIcon} />
      <div className={classes.findingText}>
        <Text size="xs" className={classes.severity}>
          {word}
        </Text>
        <Text fw={550}>{finding.title}</Text>
        <Text size="sm" c="dimmed">
          {finding.why}
        </Text>
        <div className={classes.findingActions}>
          {finding.examples.length > 0 && (
            <Button
              variant="default"
              size="compact-md"
              aria-label={`Look at the rows: ${finding.title}`}
              onClick={() => {
                table.showFinding(finding.code);
                document.getElementById('rows')?.scrollIntoView({ block: 'start' });
              }}
            >
              Look
            </Button>
          )}
          {finding.actions.length > 0 && <FixMenu finding={finding} />}
        </div>
      </div>
    </li>
  );
}

function FixMenu({ finding }: { finding: Finding }) {
  return (
    <Menu position="bottom-start" width={300} shadow="md">
      <Menu.Target>
        <Button
          variant="default"
          size="compact-md"
          aria-label={`Fix: ${finding.title}`}
          rightSection={<IconChevronDown size={14} aria-hidden />}
        >
          Fix
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {finding.actions.map((action) => (
          <Menu.Item
            key={action.id}
            onClick={() => void applyFix({ finding: finding.code, action: action.id })}
          >
            <Text fw={550}>{action.label}</Text>
            <Text size="sm" c="dimmed">
              {action.effect}
            </Text>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
