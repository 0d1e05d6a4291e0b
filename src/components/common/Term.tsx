/** A plain word whose exact term, definition and source are one hover or focus away. */
import { Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './common.module.css';
import { GLOSSARY, type GlossaryEntry, type GlossaryId } from './glossary';

interface TermProps {
  id: GlossaryId;
  children: ReactNode;
}

export function Term({ id, children }: TermProps) {
  const { term, definition, source } = GLOSSARY[id];
  return (
    <Explained term={term} definition={definition} source={source}>
      {children}
    </Explained>
  );
}

interface ExplainedProps extends Omit<GlossaryEntry, 'source'> {
  source?: string;
  children: ReactNode;
}

/** The same for words that are not in the glossary (settings explain themselves from their spec). */
export function Explained({ term, definition, source, children }: ExplainedProps) {
  return (
    <Tooltip
      multiline
      w={300}
      withArrow
      events={{ hover: true, focus: true, touch: true }}
      label={<Definition term={term} definition={definition} {...(source === undefined ? {} : { source })} />}
    >
      <button type="button" className={classes.term} onClick={(event) => event.preventDefault()}>
        {children}
      </button>
    </Tooltip>
  );
}

/** What stands in the tooltip. */
export function Definition({ term, definition, source }: Omit<ExplainedProps, 'children'>) {
  return (
    <span className={classes.definition}>
      <strong>{term}</strong>
      <span>{definition}</span>
      {source !== undefined && <small>{source}</small>}
    </span>
  );
}
