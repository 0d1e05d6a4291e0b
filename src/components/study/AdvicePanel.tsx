/** What to do, in plain words: each sentence with the number behind it, and the questions that change it. */
import { Anchor } from '@mantine/core';
import {
  IconBan,
  IconDatabasePlus,
  IconHelpCircle,
  IconInfoCircle,
  IconLeaf,
  IconMessage2,
  IconPlus,
  IconTool,
} from '@tabler/icons-react';
import type { MouseEvent } from 'react';
import type { Advice, StudyReport } from '../../engine/core/study';
import { restateStudy } from '../../state/commands/studies';
import { useShown } from '../../state/workshop';
import { Section } from '../common/Section';
import { useProjector } from '../common/useProjector';
import classes from './advice.module.css';
import { SituationForm } from './SituationForm';

const KINDS: Readonly<Record<Advice['kind'], { icon: typeof IconTool; word: string }>> = {
  'no-signal': { icon: IconBan, word: 'Nothing to learn' },
  excessive: { icon: IconLeaf, word: 'Keep it simple' },
  prompt: { icon: IconMessage2, word: 'Prompt' },
  'fine-tune': { icon: IconTool, word: 'Fine-tune' },
  both: { icon: IconPlus, word: 'Both' },
  'collect-rows': { icon: IconDatabasePlus, word: 'Collect rows' },
  'cannot-tell': { icon: IconHelpCircle, word: 'Cannot tell' },
  note: { icon: IconInfoCircle, word: 'Note' },
};

interface AdvicePanelProps {
  report: StudyReport;
  /** Nothing can be stated anew while ways are still being asked. */
  underWay: boolean;
}

export function AdvicePanel({ report, underWay }: AdvicePanelProps) {
  const { advice, config } = report;
  const [first] = advice;
  const projector = useProjector();
  const asks = useShown().questions && !projector && !underWay;
  return (
    <Section
      title={first ? first.text : 'What to do'}
      lead={
        config.situation
          ? undefined
          : `By the figures alone.${asks ? ' Answer the questions, and they count, too.' : ''}`
      }
    >
      <div className={classes.panel}>
        <ol className={classes.advice} aria-label="Advice">
          {advice.map((one, i) => (
            <Sentence key={`${one.kind} ${one.at} ${one.text}`} advice={one} isTitle={i === 0} />
          ))}
        </ol>
        {asks && (
          <div id="situation" tabIndex={-1} className={classes.situation}>
            <SituationForm
              value={config.situation}
              onChange={(situation) => void restateStudy({ situation })}
            />
          </div>
        )}
      </div>
    </Section>
  );
}

/** The first one is the panel's title and says only why. */
function Sentence({ advice: { kind, text, because, at }, isTitle }: { advice: Advice; isTitle: boolean }) {
  const { icon: Icon, word } = KINDS[kind];
  return (
    <li className={classes.sentence} data-kind={kind}>
      <Icon size={19} aria-hidden className={classes.icon} />
      <div>
        <span className={classes.word}>{word}</span>
        {!isTitle && <p className={classes.text}>{text}</p>}
        <p className={classes.because}>
          <Anchor href={`#${at}`} inherit c="dimmed" onClick={(event: MouseEvent) => goTo(event, at)}>
            {because}
          </Anchor>
        </p>
      </div>
    </li>
  );
}

/** Brings the number into view and tells where it is: a plain jump would put it under the top bar. */
function goTo(event: MouseEvent, id: string): void {
  const target = document.getElementById(id);
  if (!target) return;
  event.preventDefault();
  target.scrollIntoView({ block: 'center' });
  target.focus({ preventScroll: true });
}
