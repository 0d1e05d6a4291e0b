/** The first thing Compare says: the finding in one sentence, with a mark beside it. */
import { Text } from '@mantine/core';
import { type Icon, IconArrowDownRight, IconCheck, IconEqual, IconQuestionMark } from '@tabler/icons-react';
import type { Change, RunReport } from '../../engine/core/report';
import classes from './lead.module.css';
import { leadFinding } from './sentences';

const MARKS: Record<Change, Icon> = {
  better: IconCheck,
  worse: IconArrowDownRight,
  same: IconEqual,
  unclear: IconQuestionMark,
};

export function Lead({ report }: { report: RunReport }) {
  const { text, tone } = leadFinding(report);
  const Mark = MARKS[tone];
  return (
    <div className={classes.lead} data-tone={tone}>
      <Mark size={24} stroke={2.2} aria-hidden />
      <Text size="xl" fw={550} component="p">
        {text}
      </Text>
    </div>
  );
}
