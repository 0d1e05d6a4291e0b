/** Where the model runs, why there, and the choice of another place. */
import { Anchor, Popover, SegmentedControl, Stack, Text, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCpu } from '@tabler/icons-react';
import { Link } from 'wouter';
import { useActivity } from '../../state/activity';
import { chooseBackend, startMachine } from '../../state/commands/machine';
import { useMachine } from '../../state/machine';
import { useProject } from '../../state/project';
import { useRun } from '../../state/run';
import { isUnderWay } from '../../state/runReducer';
import { AreaError } from '../common/ErrorCard';
import { bytes } from '../common/format';
import { Term } from '../common/Term';
import classes from './shell.module.css';

const PLACES = [
  { value: 'auto', label: 'Best' },
  { value: 'webgpu', label: 'Graphics card' },
  { value: 'wasm', label: 'Processor' },
] as const;

export function MachineMenu() {
  const info = useMachine((machine) => machine.info);
  const activity = useActivity('machine');
  const backend = useProject((project) => project.backend);
  const running = useRun(isUnderWay);
  const [opened, menu] = useDisclosure(false);
  const label =
    activity.status === 'failed'
      ? 'Engine did not start'
      : (info?.backend.adapter ?? 'Testing this machine …');
  return (
    <Popover opened={opened} onDismiss={menu.close} width={340} position="bottom-end" shadow="md" trapFocus>
      <Popover.Target>
        <UnstyledButton
          className={classes.fact}
          onClick={menu.toggle}
          aria-label={`Where the model runs: ${label}`}
          data-alarm={activity.status === 'failed' || undefined}
        >
          <IconCpu size={15} aria-hidden />
          <span className={classes.adapter}>{label}</span>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown aria-label="Where the model runs">
        <Stack gap="sm">
          <AreaError area="machine" onRetry={() => void startMachine()} />
          {info && (
            <div>
              <Text fw={550}>
                {info.backend.adapter}{' '}
                <Text span c="dimmed" size="sm">
                  (
                  {info.backend.id === 'webgpu' ? (
                    <Term id="webgpu">WebGPU</Term>
                  ) : (
                    <Term id="wasm">WebAssembly</Term>
                  )}
                  )
                </Text>
              </Text>
              <Text size="sm">{info.backend.reason}</Text>
              {!info.isolated && (
                <Text size="sm" c="dimmed">
                  This page was not served with the headers that several threads need, so one thread computes.
                </Text>
              )}
              <Text size="sm" c="dimmed">
                {info.storageDurable
                  ? `Kept in this browser: ${bytes(info.storageBytes ?? 0)}${
                      info.quotaBytes === null ? '' : ` of ${bytes(info.quotaBytes)} allowed`
                    }.`
                  : 'This browser keeps nothing after the tab closes (a private window?): export what you need.'}
              </Text>
            </div>
          )}
          <SegmentedControl
            fullWidth
            aria-label="Run the model on"
            disabled={running}
            value={backend}
            data={[...PLACES]}
            onChange={(value) => {
              const place = PLACES.find((candidate) => candidate.value === value);
              if (place) void chooseBackend(place.value);
            }}
          />
          {running && (
            <Text size="sm" c="dimmed">
              It can be changed when the run has ended.
            </Text>
          )}
          <Anchor component={Link} href="/bench" size="sm" onClick={menu.close}>
            Measure this machine
          </Anchor>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
