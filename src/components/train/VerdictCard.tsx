/**
 * What the curves say, in a sentence, and what to do about it; the exact term one hover or focus away. Once the test
 * rows were asked they have the first word: a run may learn and still end worse than it began.
 */
import { Text } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconHelpCircle, IconInfoCircle } from '@tabler/icons-react';
import type { Change, RunReport, RunWarning } from '../../engine/core/report';
import type { VerdictAt } from '../../state/runReducer';
import { Explained } from '../common/Term';
import { leadFinding } from '../compare/sentences';
import { endTone, VERDICT_WORDS, type VerdictWords } from './finding';
import styles from './train.module.css';

interface VerdictCardProps {
  verdict: Omit<VerdictAt, 'step'> | undefined;
  /** Null until the test is done. */
  report: RunReport | null;
}

export function VerdictCard({ verdict, report }: VerdictCardProps) {
  if (!verdict) return null;
  const words = VERDICT_WORDS[verdict.code];
  // The engine's sentence leads with the finding; that part carries the exact term.
  const cut = verdict.message.search(/[:.]/);
  const head = cut > 0 ? verdict.message.slice(0, cut) : verdict.message;
  const rest = verdict.message.slice(head.length);
  const end = report && leadFinding(report);
  const tone = end ? endTone(words.tone, end.tone) : words.tone;
  const advice = verdict.advice || (end ? END_ADVICE[end.tone] : '');
  return (
    <section
      className={`hone-card ${styles.verdict}`}
      data-tone={tone}
      aria-label={end ? 'How it ended' : 'What the curves say'}
    >
      <VerdictIcon tone={tone} />
      <div>
        {end && (
          <Text fw={550} mb={4}>
            {end.text}
          </Text>
        )}
        <Text>
          {end && 'On the way: '}
          <Explained term={words.term} definition={words.definition}>
            {end ? head : <strong>{head}</strong>}
          </Explained>
          {rest}
        </Text>
        {advice !== '' && (
          <Text mt={4}>
            <b>What to do:</b> {advice}
          </Text>
        )}
      </div>
    </section>
  );
}

const END_ADVICE: Readonly<Record<Change, string>> = {
  better: '',
  worse:
    'Compare shows which rows it broke. Until another run does better, the untouched model is the better choice.',
  same: '',
  unclear: 'Test on more rows before you rely on a difference.',
};

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
