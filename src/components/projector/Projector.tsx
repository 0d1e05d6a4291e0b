/** The way into the projector view and out of it: a button, P, and Escape. */
import { Button } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconPresentation, IconPresentationOff } from '@tabler/icons-react';
import { useLocation } from 'wouter';
import { onProjector, useProjector } from '../common/useProjector';
import classes from './projector.module.css';

export function ProjectorButton() {
  const on = useProjector();
  const [path, navigate] = useLocation();
  const [enter, leave] = [() => navigate(onProjector(path)), () => navigate(path)];
  useHotkeys([
    ['P', on ? leave : enter],
    ['Escape', () => on && !somethingLiesOver() && leave()],
  ]);
  if (on) {
    return (
      <Button
        className={classes.leave}
        size="xs"
        variant="default"
        leftSection={<IconPresentationOff size={15} aria-hidden />}
        onClick={leave}
      >
        Leave the projector view (Esc)
      </Button>
    );
  }
  return (
    <Button
      size="sm"
      variant="default"
      leftSection={<IconPresentation size={16} aria-hidden />}
      onClick={enter}
    >
      Projector view
    </Button>
  );
}

/** A dialog or an open list, which Escape closes first; closed ones may stay in the document unseen. */
function somethingLiesOver(): boolean {
  const over = document.querySelectorAll('[role="dialog"], [role="listbox"]');
  return [...over].some((element) => element.checkVisibility());
}
