/** On every screen while the page is in a workshop: its name, and the way out. */
import { Button, Text } from '@mantine/core';
import { IconUsersGroup } from '@tabler/icons-react';
import { Link } from 'wouter';
import { leaveWorkshop } from '../../state/commands/workshop';
import { useWorkshop } from '../../state/workshop';
import classes from './workshop.module.css';
import { titleOf } from './workshopText';

export function WorkshopBar() {
  const workshop = useWorkshop();
  if (!workshop) return null;
  return (
    <section className={classes.bar} aria-label="Workshop">
      <IconUsersGroup size={18} aria-hidden />
      <Text className={classes.title}>
        <Link href="/prompt-or-tune">{titleOf(workshop)}</Link>
      </Text>
      <Button size="xs" variant="default" onClick={() => void leaveWorkshop()}>
        Leave the workshop
      </Button>
    </section>
  );
}
