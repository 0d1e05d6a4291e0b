/** Rows that could not be used: line, reason and the raw text, so that the file can be mended. */
import { Button, Drawer, Stack, Text } from '@mantine/core';
import { useCallback, useEffect, useState } from 'react';
import { type ErrorData, toErrorData } from '../../engine/core/errors';
import { readRejected } from '../../state/commands/data';
import { useProject } from '../../state/project';
import type { Result } from '../../workers/protocol';
import { ErrorCard } from '../common/ErrorCard';
import { count, plural } from '../common/format';
import classes from './data.module.css';

type Rejected = Result<'data.rejected'>;
const PAGE = 200;

interface RejectedDrawerProps {
  opened: boolean;
  onClose: () => void;
}

export function RejectedDrawer({ opened, onClose }: RejectedDrawerProps) {
  const report = useProject((project) => project.report);
  const summary = useProject((project) => project.summary);
  const [found, setFound] = useState<Rejected | null>(null);
  const [error, setError] = useState<ErrorData | null>(null);

  const more = useCallback(async (start: number): Promise<void> => {
    try {
      const next = await readRejected(start, PAGE);
      setFound((before) =>
        start === 0 || !before ? next : { total: next.total, rows: [...before.rows, ...next.rows] },
      );
      setError(null);
    } catch (thrown) {
      setError(toErrorData(thrown));
    }
  }, []);

  // Depends on more than it reads: another check may reject other rows.
  useEffect(() => {
    if (opened) void more(0);
  }, [opened, report, summary, more]);

  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="right"
      size="lg"
      title="Rejected rows"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Stack>
        {error && <ErrorCard error={error} onRetry={() => void more(0)} />}
        {found && (
          <Text size="sm" c="dimmed">
            {found.total === 0
              ? 'Every row is used.'
              : `${plural(found.total, 'row is', 'rows are')} not used, each with its reason.`}
          </Text>
        )}
        <ul className={classes.plainList} aria-label="Rejected rows">
          {found?.rows.map((row, i) => (
            // The test file has the same line numbers over again.
            <li key={`${i} ${row.line}`} className={classes.rejected}>
              <Text size="sm">
                <strong>Line {count(row.line)}</strong> {row.reason}
              </Text>
              {row.raw !== '' && <pre className={classes.raw}>{row.raw}</pre>}
            </li>
          ))}
        </ul>
        {found && found.rows.length < found.total && (
          <Button variant="default" onClick={() => void more(found.rows.length)}>
            Show more ({count(found.total - found.rows.length)} left)
          </Button>
        )}
      </Stack>
    </Drawer>
  );
}
