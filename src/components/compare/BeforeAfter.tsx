/** Before and after side by side on the same test rows, and the difference between them. */
import { Button, Text, Title, VisuallyHidden } from '@mantine/core';
import { IconArrowRight } from '@tabler/icons-react';
import type { RunReport, Scores } from '../../engine/core/report';
import { Figure } from '../common/Figure';
import { count, percent, points, pValue } from '../common/format';
import { Term } from '../common/Term';
import classes from './beforeAfter.module.css';
import { isDescribed } from './descriptionEdits';
import { IntervalBar } from './IntervalBar';
import type { RowsTab, Side } from './rows';
import { rewordingCaution } from './sentences';
import shared from './shared.module.css';

interface BeforeAfterProps {
  report: RunReport;
  methodLabel: string;
  onShowRows: (tab: RowsTab) => void;
}

export function BeforeAfter({ report, methodLabel, onShowRows }: BeforeAfterProps) {
  const { before, after, comparison } = report;
  const unchanged = after.n - comparison.fixed - comparison.broken;
  const described = isDescribed(report.data.classes, report.config.descriptions);
  const caution = rewordingCaution(report);
  return (
    <div className={classes.duel}>
      <SideCard
        side="before"
        title="Before"
        how={
          <>
            The untouched model, asked with{' '}
            <Term id="zero-shot">{described ? 'a description of each label' : 'the label names'}</Term>.
            {caution !== null && ` ${caution}`}
          </>
        }
        scores={before}
      />
      <div className={classes.duelArrow} aria-hidden>
        <IconArrowRight size={22} />
      </div>
      <SideCard
        side="after"
        title="After"
        how={<>The same model after tuning: {methodLabel}.</>}
        scores={after}
      />
      <div className={classes.difference}>
        <ul className={classes.counts} aria-label="What tuning did to the test rows">
          <CountButton
            label="fixed"
            value={comparison.fixed}
            mark="✓"
            tone="fixed"
            onClick={() => onShowRows('fixed')}
          />
          <CountButton
            label="broken"
            value={comparison.broken}
            mark="✗"
            tone="broken"
            onClick={() => onShowRows('broken')}
          />
          <CountButton
            label="unchanged"
            value={unchanged}
            mark="="
            tone="unchanged"
            onClick={() => onShowRows('all')}
          />
        </ul>
        <OutcomeBar fixed={comparison.fixed} broken={comparison.broken} unchanged={unchanged} />
        <dl className={shared.facts}>
          <Difference label="accuracy" delta={comparison.delta} interval={comparison.ci95} />
          <Difference
            label="macro F1"
            delta={comparison.macro_f1_delta}
            interval={comparison.macro_f1_ci95}
          />
          <div>
            <dt>
              <Term id="mcnemar">Could it be chance?</Term>
            </dt>
            <dd>{pValue(comparison.mcnemar_p)}</dd>
          </div>
        </dl>
      </div>
    </div>
  );
}

interface SideCardProps {
  side: Side;
  title: string;
  how: React.ReactNode;
  scores: Scores;
}

function SideCard({ side, title, how, scores }: SideCardProps) {
  const tone = side === 'after' ? 'accent' : 'before';
  return (
    <section className={classes.side} data-side={side} aria-label={title}>
      <Title order={2} className={classes.sideTitle}>
        {title}
      </Title>
      <Text size="sm" c="dimmed" component="p">
        {how}
      </Text>
      <Measure
        label={<Term id="accuracy">Right answers</Term>}
        value={scores.accuracy}
        interval={scores.ci95.accuracy}
        n={scores.n}
        tone={tone}
        side={side}
        large
      />
      <Measure
        label={<Term id="macro-f1">Right across all labels (macro F1)</Term>}
        value={scores.macro_f1}
        interval={scores.ci95.macro_f1}
        n={scores.n}
        tone={tone}
        side={side}
      />
    </section>
  );
}

interface MeasureProps {
  label: React.ReactNode;
  value: number;
  interval: readonly [number, number];
  n: number;
  tone: 'accent' | 'before';
  side: Side;
  large?: boolean;
}

function Measure({ label, value, interval, n, tone, side, large = false }: MeasureProps) {
  return (
    <div className={classes.measure}>
      <Figure
        label={label}
        value={percent(value)}
        tone={tone}
        size={large ? 'lg' : 'md'}
        detail={
          <>
            <Term id="interval">between</Term> {percent(interval[0])} and {percent(interval[1])} · n ={' '}
            {count(n)}
          </>
        }
      />
      <IntervalBar value={value} interval={interval} mark={side} />
    </div>
  );
}

interface DifferenceProps {
  label: string;
  delta: number;
  interval: readonly [number, number];
}

function Difference({ label, delta, interval }: DifferenceProps) {
  return (
    <div>
      <dt>Difference in {label}</dt>
      <dd>
        {points(delta)}
        <span className={classes.range}>
          <Term id="interval">between</Term> {points(interval[0]).replace(' points', '')} and{' '}
          {points(interval[1]).replace(' points', '')}
        </span>
      </dd>
    </div>
  );
}

interface CountButtonProps {
  label: string;
  value: number;
  mark: string;
  tone: 'fixed' | 'broken' | 'unchanged';
  onClick: () => void;
}

function CountButton({ label, value, mark, tone, onClick }: CountButtonProps) {
  return (
    <li>
      <Button variant="default" className={classes.count} data-tone={tone} onClick={onClick}>
        <span className={classes.countMark} aria-hidden>
          {mark}
        </span>
        <strong>{count(value)}</strong> {label}
        <VisuallyHidden>: show these rows</VisuallyHidden>
      </Button>
    </li>
  );
}

function OutcomeBar({ fixed, broken, unchanged }: { fixed: number; broken: number; unchanged: number }) {
  return (
    <div className={classes.outcomes} aria-hidden>
      <span data-tone="fixed" style={{ flexGrow: fixed }} />
      <span data-tone="unchanged" style={{ flexGrow: unchanged }} />
      <span data-tone="broken" style={{ flexGrow: broken }} />
    </div>
  );
}
