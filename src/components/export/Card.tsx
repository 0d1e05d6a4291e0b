/** The model card as it will be read, cut to a page until it is opened. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import { Markdown } from '../common/Markdown';
import { Section } from '../common/Section';
import classes from './export.module.css';

export function Card({ text }: { text: string }) {
  const [open, setOpen] = useState(false);
  return (
    <Section
      title="The card that goes with it"
      lead="README.md, as the Hugging Face Hub shows it."
      tools={
        <Button variant="default" size="sm" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Show its beginning' : 'Show the whole card'}
        </Button>
      }
    >
      <div className={classes.card} data-open={open || undefined} inert={!open}>
        <Markdown text={text} />
      </div>
    </Section>
  );
}
