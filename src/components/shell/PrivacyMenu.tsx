/** What has left this computer since the page opened, and how anyone can check it. */
import { Popover, Stack, Text, UnstyledButton } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { useMachine } from '../../state/machine';
import { bytes } from '../common/format';
import classes from './shell.module.css';

export function PrivacyMenu() {
  const sent = useMachine((machine) => machine.bytesSent);
  return (
    <Popover width={320} position="bottom-end" shadow="md" trapFocus>
      <Popover.Target>
        <UnstyledButton className={classes.fact} data-alarm={sent > 0 || undefined}>
          <IconLock size={15} aria-hidden />
          <span>
            {bytes(sent)}
            <span className={classes.wide}> of your data</span> sent
          </span>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown aria-label="What has been sent">
        <Stack gap="xs">
          <Text fw={550}>Your rows stay on this computer</Text>
          <Text size="sm">
            Reading, training and testing happen in this tab. Since the page opened, its requests carried{' '}
            {bytes(sent)}.
          </Text>
          <Text size="sm" c="dimmed">
            To check: the page’s security policy forbids contact with any other site, the network panel of
            your browser shows every request, and everything works with the network switched off.
          </Text>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
