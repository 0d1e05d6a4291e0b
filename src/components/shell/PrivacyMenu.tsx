/** What has left this computer since the page opened, and how anyone can check it. */
import { List, Popover, Stack, Text, UnstyledButton } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { useMachine } from '../../state/machine';
import { bytes } from '../common/format';
import classes from './shell.module.css';

export function PrivacyMenu() {
  const sent = useMachine((machine) => machine.bytesSent);
  const outside = Object.entries(useMachine((machine) => machine.sentTo));
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
          <Text fw={550}>
            {outside.every(([, carried]) => carried === 0)
              ? 'Your rows stay on this computer'
              : 'Rows were sent where you said'}
          </Text>
          <Text size="sm">
            Reading, training and testing happen in this tab. Since the page opened, its requests carried{' '}
            {bytes(sent)}.
          </Text>
          {outside.length > 0 && (
            <List size="sm">
              {outside.map(([origin, carried]) => (
                <List.Item key={origin}>
                  {carried === 0 ? `Asked for a file: ${origin}` : `${bytes(carried)} to ${origin}`}
                </List.Item>
              ))}
            </List>
          )}
          <Text size="sm" c="dimmed">
            To check: the page’s security policy forbids contact with any other site, except by one small
            program that is loaded when you agree to an address, to send rows there or to fetch a file, and
            that can reach this address alone. The network panel of your browser shows every request, and all
            else works with the network switched off.
          </Text>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
