/**
 * The frame of every screen: its question as the title, the content, the notes, and a footer with Back and the one
 * primary button, always at the same place.
 */
import { Button, Text, Title, UnstyledButton } from '@mantine/core';
import { IconArrowLeft, IconNotes } from '@tabler/icons-react';
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { Link } from 'wouter';
import { setNotesFolded, usePreferences } from '../../state/preferences';
import { Note, type NoteSpec } from './Note';
import classes from './screen.module.css';
import { useProjector } from './useProjector';

export interface PrimaryAction {
  /** What happens: 'Train'. */
  label: string;
  /** What it costs: '~40 s'. */
  cost?: string;
  onClick: () => void;
  /** Why it cannot be pressed now; null when it can. */
  disabledReason?: string | null;
  busy?: boolean;
}

interface ScreenFrameProps {
  /** The screen's one question. */
  question: string;
  /** One line under it. */
  lead?: ReactNode;
  children: ReactNode;
  notes?: readonly NoteSpec[];
  primary?: PrimaryAction;
  /** Where Back leads; absent on the first screen. */
  back?: { to: string; label?: string };
  /** Another way on, beside the primary one. */
  other?: { to: string; label: string };
}

export function ScreenFrame({
  question,
  lead,
  children,
  notes = [],
  primary,
  back,
  other,
}: ScreenFrameProps) {
  const projector = useProjector();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${question} · Hone`;
    // Moving between screens takes the reader along; the first screen leaves focus where the browser put it.
    if (document.activeElement !== document.body) heading.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [question]);
  return (
    <>
      <div className={classes.screen} data-projector={projector || undefined}>
        <div className={classes.content}>
          <div className={classes.head}>
            <Title order={1} ref={heading} tabIndex={-1} className={classes.question}>
              {question}
            </Title>
            {lead !== undefined && (
              <Text c="dimmed" component="div">
                {lead}
              </Text>
            )}
          </div>
          {children}
        </div>
        {!projector && <Notes notes={notes} />}
      </div>
      {(primary || back) && (
        <footer className={classes.footer}>
          <div className={classes.footerInner}>
            {back && (
              <Button
                component={Link}
                href={back.to}
                variant="default"
                size="md"
                leftSection={<IconArrowLeft size={16} aria-hidden />}
              >
                {back.label ?? 'Back'}
              </Button>
            )}
            {other && (
              <Button component={Link} href={other.to} variant="default" size="md" className={classes.other}>
                {other.label}
              </Button>
            )}
            {primary && <Primary action={primary} />}
          </div>
        </footer>
      )}
    </>
  );
}

function Primary({ action }: { action: PrimaryAction }) {
  const reasonId = useId();
  const { label, cost, onClick, disabledReason = null, busy = false } = action;
  // aria-disabled rather than disabled: the reason stays reachable by keyboard and screen reader.
  return (
    <div className={classes.primary}>
      {disabledReason !== null && (
        <Text size="sm" c="dimmed" id={reasonId} className={classes.reason}>
          {disabledReason}
        </Text>
      )}
      <Button
        size="md"
        loading={busy}
        {...(disabledReason === null
          ? {}
          : { 'data-disabled': true, 'aria-disabled': true, 'aria-describedby': reasonId })}
        onClick={() => {
          if (disabledReason === null) onClick();
        }}
      >
        {label}
        {cost !== undefined && <span className={classes.cost}>{cost}</span>}
      </Button>
    </div>
  );
}

function Notes({ notes }: { notes: readonly NoteSpec[] }) {
  const folded = usePreferences((preferences) => preferences.notesFolded);
  const closed = usePreferences((preferences) => preferences.closedNotes);
  const open = notes.filter((note) => !closed.includes(note.id));
  if (open.length === 0) return null;
  return (
    <aside className={classes.notes} aria-label="Notes" data-folded={folded || undefined}>
      <UnstyledButton
        className={classes.notesToggle}
        aria-expanded={!folded}
        onClick={() => setNotesFolded(!folded)}
      >
        <IconNotes size={16} aria-hidden /> {folded ? `Notes (${open.length})` : 'Fold notes'}
      </UnstyledButton>
      {!folded && open.map((note) => <Note key={note.id} {...note} />)}
    </aside>
  );
}
