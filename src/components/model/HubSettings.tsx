/** Which hub is asked, and the user's own token for it. */
import { Button, Collapse, PasswordInput, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconAdjustments } from '@tabler/icons-react';
import { useId, useState } from 'react';
import { toErrorData } from '../../engine/core/errors';
import { setHubAddress, setHubToken } from '../../state/commands/models';
import { useHub } from '../../state/hub';
import styles from './sources.module.css';

export function HubSettings() {
  const address = useHub((hub) => hub.address);
  const [opened, fold] = useDisclosure(false);
  const [typed, setTyped] = useState(address);
  const [problem, setProblem] = useState<string | null>(null);
  const id = useId();
  const apply = (): void => {
    try {
      setHubAddress(typed);
      setProblem(null);
    } catch (error) {
      const { message, hint = '' } = toErrorData(error);
      setProblem(`${message} ${hint}`);
    }
  };
  return (
    <div>
      <Button
        size="compact-sm"
        variant="subtle"
        color="gray"
        leftSection={<IconAdjustments size={15} aria-hidden />}
        aria-expanded={opened}
        aria-controls={id}
        onClick={fold.toggle}
      >
        Another hub, or a token
      </Button>
      <Collapse expanded={opened} id={id}>
        <div className={styles.settings}>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              apply();
            }}
          >
            <TextInput
              label="Address of the hub"
              description="For a mirror in your office that speaks the Hub’s API. It is remembered here."
              spellCheck={false}
              value={typed}
              error={problem}
              onChange={(event) => setTyped(event.currentTarget.value)}
              onBlur={apply}
            />
          </form>
          <TokenInput />
        </div>
      </Collapse>
    </div>
  );
}

export function TokenInput() {
  const address = useHub((hub) => hub.address);
  const token = useHub((hub) => hub.token);
  return (
    <PasswordInput
      label="Your token"
      description={`For models that ${new URL(address).host} gives to some people alone. Kept in this tab’s memory, sent to that address alone, gone when the tab closes.`}
      autoComplete="off"
      spellCheck={false}
      value={token}
      onChange={(event) => setHubToken(event.currentTarget.value)}
    />
  );
}
