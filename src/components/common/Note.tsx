/** A note that teaches, beside what it is about. Closed once, closed for good. */
import { CloseButton, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { closeNote, usePreferences } from '../../state/preferences';
import classes from './common.module.css';

export interface NoteSpec {
  /** Stable, for remembering that it was closed. */
  id: string;
  title: string;
  /** Under 60 words. */
  body: ReactNode;
}

export function Note({ id, title, body }: NoteSpec) {
  const closed = usePreferences((preferences) => preferences.closedNotes.includes(id));
  if (closed) return null;
  return (
    <section className={classes.note} aria-label={`Note: ${title}`}>
      <header className={classes.noteHead}>
        <Title order={2} size="sm">
          {title}
        </Title>
        <CloseButton
          size="sm"
          aria-label={`Close the note “${title}” for good`}
          onClick={() => closeNote(id)}
        />
      </header>
      <Text component="div" size="sm" c="dimmed">
        {body}
      </Text>
    </section>
  );
}
