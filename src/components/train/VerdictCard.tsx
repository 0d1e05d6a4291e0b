/** What the curves say, in a sentence, and what to do about it; the exact term one hover or focus away. */
import { Text } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconHelpCircle, IconInfoCircle } from '@tabler/icons-react';
import type { RunWarning } from '../../engine/core/report';
import type { VerdictAt } from '../../state/runReducer';
import { Explained } from '../common/Term';
import { VERDICT_WORDS, type VerdictWords } from './finding';
import styles from './train.module.css';

export function VerdictCard({ verdict }: { verdict: Omit<VerdictAt, 'step'> | undefined }) {
  if (!verdict) return null;
  const words = VERDICT_WORDS[verdict.code];
  // The engine's sentence leads with the finding; that part carries the exact term.
  const cut = verdict.message.search(/[:.]/);
  const head = cut > 0 ? verdict.message.slice(0, cut) : verdict.message;
  const rest = verdict.message.slice(head.length);
  return (
    <section
      className={`hone-card ${styles.verdict}`}
      data-tone={words.tone}
      aria-label="What the curves say"
    >
      <VerdictIcon tone={words.tone} />
      <div>
        <Text>
          <Explained term={words.term} definition={words.definition}>
            <strong>{head}</strong>
          </Explained>
          {rest}
        </Text>
        {verdict.advice !== '' && (
          <Text mt={4}>
            <b>What to do:</b> {verdict.advice}
          </Text>
        )}
      </div>
    </section>
  );
}

function VerdictIcon({ tone }: { tone: VerdictWords['tone'] }) {
  const props = { size: 20, 'aria-hidden': true, className: styles.verdictIcon } as const;
  switch (tone) {
    case 'good':
      return <IconCheck {...props} />;
    case 'warning':
    case 'bad':
      return <IconAlertTriangle {...props} />;
    case 'open':
      return <IconHelpCircle {...props} />;
    default:
      return tone satisfies never;
  }
}

/** What else happened on the way, oldest first. */
export function RunWarnings({ warnings }: { warnings: readonly RunWarning[] }) {
  if (warnings.length === 0) return null;
  return (
    <ul className={styles.warnings} aria-label="What else happened">
      {warnings.map((warning) => (
        <li key={`${warning.code}-${warning.step}`}>
          <IconInfoCircle size={16} aria-hidden />
          {warning.message}
        </li>
      ))}
    </ul>
  );
}
