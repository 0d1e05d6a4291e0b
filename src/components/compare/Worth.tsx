/** 'Is it worth it?': tuning beside the cheap ways of doing the same, in the same units. */
import { Table } from '@mantine/core';
import type { Comparison, RunReport, Scores } from '../../engine/core/report';
import { count, percent, points, pValue } from '../common/format';
import type { GlossaryId } from '../common/glossary';
import { Section } from '../common/Section';
import { Term } from '../common/Term';
import { isDescribed } from './descriptionEdits';
import { IntervalBar, type Mark, PercentAxis } from './IntervalBar';
import { floorSentence, headFinding } from './sentences';
import shared from './shared.module.css';
import { rangeText } from './shareText';
import classes from './worth.module.css';

interface Way {
  id: string;
  name: string;
  term: GlossaryId | null;
  mark: Mark;
  /** null when not known here. */
  trainable: number | null;
  scores: Scores;
  /** Tuning against it; null for tuning itself. */
  versus: Comparison | null;
}

interface WorthProps {
  report: RunReport;
  methodLabel: string;
  /** Trainable weights of the frozen-head baseline; null when the model is not at hand. */
  headParameters: number | null;
}

function waysOf({ report, methodLabel, headParameters }: WorthProps): Way[] {
  const baselines = report.baselines.map(
    (baseline): Way => ({
      id: baseline.id,
      name: baseline.id === 'majority' ? 'Always the most common label' : 'The head alone, model frozen',
      term: baseline.id === 'majority' ? 'majority' : 'probe',
      mark: 'baseline',
      trainable: baseline.id === 'majority' ? 0 : headParameters,
      scores: baseline.scores,
      versus: baseline.versus,
    }),
  );
  const before: Way = {
    id: 'before',
    name: `Before: label ${isDescribed(report.data.classes, report.config.descriptions) ? 'descriptions' : 'names'}`,
    term: 'zero-shot',
    mark: 'before',
    trainable: 0,
    scores: report.before,
    versus: report.comparison,
  };
  const after: Way = {
    id: 'after',
    name: `After: ${methodLabel}`,
    term: null,
    mark: 'after',
    trainable: report.method.trainable_parameters,
    scores: report.after,
    versus: null,
  };
  return [
    ...baselines.filter(({ id }) => id === 'majority'),
    before,
    ...baselines.filter(({ id }) => id === 'head'),
    after,
  ];
}

export function Worth(props: WorthProps) {
  const { report } = props;
  const finding = headFinding(report);
  const majority = report.baselines.find(({ id }) => id === 'majority');
  return (
    <Section
      title={<>Is it worth it?{finding && <span className={classes.verdict}> {finding.text}</span>}</>}
      lead={
        report.baselines.length === 0
          ? 'The cheap ways were not measured in this run. Switch them on under Method to see them here.'
          : majority && floorSentence(majority, report.after.n)
      }
    >
      <Table.ScrollContainer minWidth={0} type="native">
        <Table className={classes.worth} aria-label="Tuning beside the cheap ways, on the same test rows">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Way</Table.Th>
              <Table.Th scope="col" className={`${shared.number} ${classes.weights}`}>
                <Term id="parameters">Weights trained</Term>
              </Table.Th>
              <Table.Th scope="col" className={classes.worthChart} aria-hidden>
                <PercentAxis />
              </Table.Th>
              <Table.Th scope="col" className={shared.number}>
                <Term id="accuracy">Right</Term>
              </Table.Th>
              <Table.Th scope="col" className={`${shared.number} ${classes.wide}`}>
                <Term id="interval">95 % between</Term>
              </Table.Th>
              <Table.Th scope="col" className={`${shared.number} ${classes.wide}`}>
                <Term id="macro-f1">Macro F1</Term>
              </Table.Th>
              <Table.Th scope="col" className={`${shared.number} ${classes.wide}`}>
                Tuning adds
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {waysOf(props).map((way) => (
              <Table.Tr key={way.id} data-mark={way.mark}>
                <Table.Th scope="row">
                  {way.term === null ? way.name : <Term id={way.term}>{way.name}</Term>}
                </Table.Th>
                <Table.Td className={`${shared.number} ${classes.weights}`}>
                  {way.trainable === null ? '–' : count(way.trainable)}
                </Table.Td>
                <Table.Td className={classes.worthChart} aria-hidden>
                  <IntervalBar
                    value={way.scores.accuracy}
                    interval={way.scores.ci95.accuracy}
                    mark={way.mark}
                  />
                </Table.Td>
                <Table.Td className={shared.number}>
                  <strong>{percent(way.scores.accuracy)}</strong>
                </Table.Td>
                <Table.Td className={`${shared.number} ${classes.wide}`}>
                  {rangeText(way.scores.ci95.accuracy)}
                </Table.Td>
                <Table.Td className={`${shared.number} ${classes.wide}`}>
                  {percent(way.scores.macro_f1)}
                </Table.Td>
                <Table.Td className={`${shared.number} ${classes.wide}`}>
                  {way.versus === null ? (
                    '–'
                  ) : (
                    <>
                      {points(way.versus.delta)}{' '}
                      <span className={shared.muted}>{pValue(way.versus.mcnemar_p)}</span>
                    </>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Section>
  );
}
