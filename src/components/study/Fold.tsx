/** A part of the setup that most people leave as it is: its title says what it is set to, one button opens it. */
import { Button, Collapse } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { type ReactNode, useId, useState } from 'react';
import { Section } from '../common/Section';
import classes from './setup.module.css';

interface FoldProps {
  title: ReactNode;
  /** What it is set to now, or what it is for. */
  lead: ReactNode;
  /** Names the button: 'the words'. */
  what: string;
  children: ReactNode;
}

export function Fold({ title, lead, what, children }: FoldProps) {
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <Section
      title={title}
      lead={lead}
      tools={
        <Button
          variant="default"
          size="sm"
          aria-expanded={open}
          aria-controls={id}
          rightSection={
            <IconChevronDown
              size={16}
              aria-hidden
              className={classes.chevron}
              data-open={open || undefined}
            />
          }
          onClick={() => setOpen(!open)}
        >
          {open ? 'Fold' : 'Change'} {what}
        </Button>
      }
    >
      <Collapse expanded={open} id={id}>
        {open && children}
      </Collapse>
    </Section>
  );
}
