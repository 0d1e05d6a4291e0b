/** What was compared on what: the rows, the split, the model, and where it ran. */
import type { ReactNode } from 'react';
import type { StudyReport } from '../../engine/core/study';
import { bytes, count, magnitude, moment, plural } from '../common/format';
import { Section } from '../common/Section';
import { Term } from '../common/Term';
import shared from '../compare/shared.module.css';

export function StudyFacts({ report }: { report: StudyReport }) {
  const { data, model, backend, config, created_at } = report;
  const { train, validation, test } = data.splits;
  const facts: [ReactNode, ReactNode][] = [
    ['Data', `${config.data.name}, ${plural(data.kept, 'row')} used`],
    [
      <Term key="train" id="training-rows">
        Rows to learn from
      </Term>,
      count(train),
    ],
    [
      <Term key="validation" id="validation-rows">
        Rows to check on
      </Term>,
      count(validation),
    ],
    [
      <Term key="test" id="test-rows">
        Rows to test on
      </Term>,
      count(test),
    ],
    [
      <Term key="classes" id="classes">
        Labels
      </Term>,
      count(data.classes.length),
    ],
    [
      <Term key="seed" id="seed">
        Seed
      </Term>,
      count(config.data.split.seed),
    ],
    ['Model', `${model.id}, ${magnitude(model.parameters)} weights, ${bytes(model.bytes)}`],
    ['Ran on', backend.adapter],
    ['Started', moment(created_at)],
  ];
  return (
    <div id="data" tabIndex={-1}>
      <Section title="On what this rests" lead="One split, one seed, the same test rows for every way.">
        <dl className={shared.facts}>
          {facts.map(([term, value], i) => (
            // The list is fixed, so the position names a fact.
            <div key={`fact-${i + 1}`}>
              <dt>{term}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </Section>
    </div>
  );
}
