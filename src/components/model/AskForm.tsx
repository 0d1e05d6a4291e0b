/** One line to type and the button that asks a server for it; nothing is sent before that. */
import { Button, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import styles from './sources.module.css';

interface AskFormProps {
  label: string;
  description?: string;
  placeholder: string;
  typed: string;
  onType: (typed: string) => void;
  /** What the button says. */
  action: string;
  icon: ReactNode;
  onAsk: () => void;
}

export function AskForm({
  label,
  description,
  placeholder,
  typed,
  onType,
  action,
  icon,
  onAsk,
}: AskFormProps) {
  return (
    <form
      className={styles.search}
      onSubmit={(event) => {
        event.preventDefault();
        onAsk();
      }}
    >
      <TextInput
        className={styles.query}
        label={label}
        description={description}
        placeholder={placeholder}
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={(event) => onType(event.currentTarget.value)}
      />
      <Button type="submit" variant="default" leftSection={icon}>
        {action}
      </Button>
    </form>
  );
}
