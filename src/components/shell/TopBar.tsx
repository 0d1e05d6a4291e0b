/** What is open, where the model runs, what has left this computer, colours and help. */
import {
  ActionIcon,
  Tooltip,
  UnstyledButton,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown, IconHelp, IconMoon, IconSun } from '@tabler/icons-react';
import { Link, useLocation } from 'wouter';
import { STEPS } from '../../state/journey';
import { useProject } from '../../state/project';
import { useShown } from '../../state/workshop';
import { HelpDialog } from './HelpDialog';
import { MachineMenu } from './MachineMenu';
import { PrivacyMenu } from './PrivacyMenu';
import classes from './shell.module.css';

interface TopBarProps {
  railOpen: boolean;
  onToggleRail: () => void;
}

export function TopBar({ railOpen, onToggleRail }: TopBarProps) {
  const name = useProject((project) => project.summary?.name ?? null);
  const [path] = useLocation();
  const here = STEPS.findIndex((step) => path.startsWith(step.path));
  const { journey } = useShown();
  const [helpOpen, help] = useDisclosure(false);
  return (
    <section className={classes.top} aria-label="Top bar">
      <Link
        href={journey ? '/data' : '/prompt-or-tune'}
        className={classes.brand}
        aria-label={journey ? 'Hone, to the data' : 'Hone, to the workshop'}
      >
        <svg viewBox="0 0 32 32" width="24" height="24" aria-hidden="true">
          <path d="M4 22 26 7v5c0 4-1.600 6.600-5 8.300L17.300 22z" fill="var(--hone-accent)" />
          <path d="M4 26h24" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
        </svg>
        <span>Hone</span>
      </Link>
      {name !== null && (
        <span className={classes.project} title={name}>
          {name}
        </span>
      )}
      {journey && (
        <UnstyledButton
          className={classes.railToggle}
          aria-expanded={railOpen}
          aria-controls="journey"
          onClick={onToggleRail}
        >
          {here >= 0 ? `Step ${here + 1} of ${STEPS.length}: ${STEPS[here]?.label}` : besideTheSteps(path)}
          <IconChevronDown size={16} aria-hidden />
        </UnstyledButton>
      )}
      <div className={classes.topRight}>
        <PrivacyMenu />
        <MachineMenu />
        <SchemeToggle />
        <Tooltip label="Help">
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label="Help" onClick={help.open}>
            <IconHelp size={19} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </div>
      <HelpDialog opened={helpOpen} onClose={help.close} />
    </section>
  );
}

function SchemeToggle() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const other = scheme === 'dark' ? 'light' : 'dark';
  return (
    <Tooltip label={`Switch to ${other} colours`}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={`Switch to ${other} colours`}
        onClick={() => setColorScheme(other)}
      >
        {scheme === 'dark' ? <IconSun size={19} aria-hidden /> : <IconMoon size={19} aria-hidden />}
      </ActionIcon>
    </Tooltip>
  );
}

/** Where the reader is when at none of the steps. */
function besideTheSteps(path: string): string {
  if (path.startsWith('/prompt-or-tune')) return 'Steps · Prompt or tune?';
  return path.startsWith('/runs') ? 'Steps · Runs' : 'Steps';
}
