/** Type a text and see both models answer. */
import { Button, Skeleton, Text, Textarea } from '@mantine/core';
import { type FormEvent, type KeyboardEvent, useState } from 'react';
import { useActivity } from '../../state/activity';
import { predict } from '../../state/commands/runs';
import type { Result } from '../../workers/protocol';
import { AreaError } from '../common/ErrorCard';
import { percent } from '../common/format';
import { Section } from '../common/Section';
import type { Side, TestRow } from './rows';
import shared from './shared.module.css';
import classes from './tryIt.module.css';

const TOP = 5;

interface TryItProps {
  runId: string;
  /** A row to start from, when there is one. */
  example: TestRow | undefined;
}

export function TryIt({ runId, example }: TryItProps) {
  const [text, setText] = useState('');
  const [answer, setAnswer] = useState<{ text: string; result: Result<'run.predict'> } | null>(null);
  const busy = useActivity('predict').status === 'busy';
  const asked = text.trim();

  const ask = async (question: string): Promise<void> => {
    if (question === '') return;
    const result = await predict(runId, question);
    if (result) setAnswer({ text: question, result });
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void ask(asked);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void ask(asked);
  };
  return (
    <Section
      title="Try it on your own words"
      lead="Both models read the same text. Nothing leaves this computer."
    >
      <form className={classes.tryForm} onSubmit={submit}>
        <Textarea
          label="A text to classify"
          placeholder="Type or paste a text"
          autosize
          minRows={2}
          maxRows={8}
          maxLength={100_000}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={onKeyDown}
          description="Enter asks, Shift + Enter starts a new line"
          inputWrapperOrder={['label', 'input', 'description', 'error']}
        />
        <div className={shared.tryButtons}>
          <Button type="submit" variant="default" loading={busy} disabled={asked === ''}>
            Ask both models
          </Button>
          {example && (
            <Button
              variant="subtle"
              color="gray"
              onClick={() => {
                setText(example.text);
                void ask(example.text);
              }}
            >
              Use a test row
            </Button>
          )}
        </div>
      </form>
      <AreaError area="predict" onRetry={() => void ask(asked)} />
      {!answer && busy && <Skeleton height={140} aria-label="Waiting for both answers" />}
      <div aria-live="polite">
        {answer && (
          <div className={classes.tryAnswers} data-stale={busy || undefined}>
            <Probabilities
              side="before"
              labels={answer.result.classes}
              probabilities={answer.result.before}
            />
            <Probabilities side="after" labels={answer.result.classes} probabilities={answer.result.after} />
          </div>
        )}
      </div>
      {answer && answer.text !== asked && !busy && (
        <Text size="sm" c="dimmed">
          These answers are for the text before your last change.
        </Text>
      )}
    </Section>
  );
}

interface ProbabilitiesProps {
  side: Side;
  labels: readonly string[];
  probabilities: readonly number[];
}

function Probabilities({ side, labels, probabilities }: ProbabilitiesProps) {
  const top = labels
    .map((label, index) => ({ label, share: probabilities[index] ?? 0 }))
    .sort((a, b) => b.share - a.share)
    .slice(0, TOP);
  const title = side === 'before' ? 'Before' : 'After';
  return (
    <section className={classes.tryAnswer} data-side={side} aria-label={`${title} tuning`}>
      <h3 className={classes.tryTitle}>
        {title}: {top[0]?.label}
      </h3>
      <ol>
        {top.map(({ label, share }) => (
          <li key={label}>
            <span className={classes.tryLabel}>{label}</span>
            <span className={shared.bar} aria-hidden>
              <span style={{ width: `${share * 100}%` }} />
            </span>
            <span className={shared.number}>{percent(share)}</span>
          </li>
        ))}
      </ol>
      {labels.length > TOP && (
        <Text size="sm" c="dimmed">
          and {labels.length - TOP} less likely labels
        </Text>
      )}
    </section>
  );
}
