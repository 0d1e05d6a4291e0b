/** One part of a screen: its finding or question as the title, tools beside it, a line under it. */
import { Paper, Text, Title } from '@mantine/core';
import { type ReactNode, type Ref, useId } from 'react';
import classes from './section.module.css';

interface SectionProps {
  title: ReactNode;
  lead?: ReactNode;
  tools?: ReactNode;
  children: ReactNode;
  ref?: Ref<HTMLHeadingElement>;
}

export function Section({ title, lead, tools, children, ref }: SectionProps) {
  const id = useId();
  return (
    <Paper component="section" aria-labelledby={id} className={classes.section}>
      <header className={classes.head}>
        <div className={classes.words}>
          <Title order={2} id={id} ref={ref} tabIndex={-1} className={classes.title}>
            {title}
          </Title>
          {lead !== undefined && (
            <Text component="div" size="sm" c="dimmed">
              {lead}
            </Text>
          )}
        </div>
        {tools !== undefined && <div className={classes.tools}>{tools}</div>}
      </header>
      {children}
    </Paper>
  );
}
