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
            The page’s security policy keeps it from contact with any other site. When you agree to an
            address, to send rows there or to fetch a file, one small program is loaded that reaches that
            address alone. This guards against mistakes; it could not stop hostile code inside the page. To
            check for yourself, see the network panel of your browser, which shows every request, or switch
            the network off: all but such ways works without.
          </Text>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
