/** One line of facts about the open file. */
import { UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useProject } from '../../state/project';
import { count, figure, plural } from '../common/format';
import { Term } from '../common/Term';
import classes from './data.module.css';
import { RejectedDrawer } from './RejectedDrawer';

export function Facts() {
  const summary = useProject((project) => project.summary);
  const report = useProject((project) => project.report);
  const { limit, perClass } = useProject((project) => project.sampling);
  const [open, drawer] = useDisclosure(false);
  if (!summary) return null;
  const rejected = report?.rejected ?? summary.rejected;
  return (
    <>
      <ul className={classes.facts} aria-label="Facts about the data">
        <li>
          <strong>{count(report?.kept ?? summary.rows)}</strong> {report ? 'rows kept' : 'rows read'}
        </li>
        <li>
          {rejected === 0 ? (
            <>
              <strong>0</strong> rejected
            </>
          ) : (
            <UnstyledButton className={classes.factButton} onClick={drawer.open}>
              <strong>{count(rejected)}</strong> rejected
            </UnstyledButton>
          )}
        </li>
        {(limit ?? perClass) !== undefined && (
          <li>
            a drawn sample of at most{' '}
            <strong>{limit === undefined ? `${count(perClass ?? 0)} of each class` : count(limit)}</strong>
          </li>
        )}
        {report && (
          <>
            <li>
              <strong>{count(report.classes.length)}</strong>{' '}
              <Term id="classes">{report.classes.length === 1 ? 'class' : 'classes'}</Term>
            </li>
            <li>
              typical length <strong>{figure(report.lengths.median)}</strong> <Term id="token">tokens</Term>,
              longest {plural(report.lengths.max, 'token')}
            </li>
          </>
        )}
      </ul>
      <RejectedDrawer opened={open} onClose={drawer.close} />
    </>
  );
}
