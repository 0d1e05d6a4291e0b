/** One model of the catalogue: what it is good at, what it weighs, how well it did on public data. */
import { Button } from '@mantine/core';
import { IconFileText } from '@tabler/icons-react';
import { useId } from 'react';
import type { Estimate, ModelEntry } from '../../workers/protocol';
import { bytes, magnitude } from '../common/format';
import { Explained, Term } from '../common/Term';
import { FitBadge } from '../method/EstimateFigures';
import styles from './model.module.css';
import { languagesText, qualityBasis, qualityValue } from './modelText';

interface ModelCardProps {
  model: ModelEntry;
  chosen: boolean;
  /** Known for the chosen model once the machine was measured. */
  fit: Estimate['fit'] | null;
  onChoose: () => void;
  onOpen: () => void;
}

export function ModelCard({ model, chosen, fit, onChoose, onOpen }: ModelCardProps) {
  const id = useId();
  return (
    <article className={styles.card} data-chosen={chosen || undefined} aria-labelledby={`${id}name`}>
      <label className={styles.choice}>
        <input
          type="radio"
          name="model"
          className={styles.input}
          checked={chosen}
          aria-labelledby={`${id}name`}
          aria-describedby={`${id}good`}
          onChange={onChoose}
        />
        <span className={styles.radio} aria-hidden />
        <span className={styles.name} id={`${id}name`}>
          {model.name}
        </span>
        {fit && <FitBadge fit={fit} />}
      </label>
      <p className={styles.good} id={`${id}good`}>
        {model.goodAt}
      </p>
      <dl className={styles.facts}>
        <div>
          <dt>Size</dt>
          <dd>{bytes(model.bytes)}</dd>
        </div>
        <div>
          <dt>
            <Term id="parameters">Parameters</Term>
          </dt>
          <dd>{magnitude(model.parameters)}</dd>
        </div>
        <div>
          <dt>
            <Term id="max-length">Reads at most</Term>
          </dt>
          <dd>
            {model.maxLength} <Term id="token">tokens</Term>
          </dd>
        </div>
        <div>
          <dt>Language</dt>
          <dd>{languagesText(model.languages)}</dd>
        </div>
        <div>
          <dt>Licence</dt>
          <dd>{model.licence}</dd>
        </div>
      </dl>
      <QualityTable quality={model.quality} />
      <div>
        <Button
          variant="default"
          size="sm"
          leftSection={<IconFileText size={16} aria-hidden />}
          aria-label={`Open the model card of ${model.name}`}
          onClick={onOpen}
        >
          Open the model card
        </Button>
      </div>
    </article>
  );
}

function QualityTable({ quality }: { quality: ModelEntry['quality'] }) {
  if (quality.length === 0) return null;
  return (
    <table className={styles.quality}>
      <caption>
        How often it was right on public data{' '}
        <Explained
          term="Accuracy of a linear probe, mean ± standard deviation"
          definition="The model itself unchanged, a small classifier fitted on a few rows of each class, measured on that data set’s own test rows. Repeated with other random rows; ± is the spread between the repeats. Tuning starts from here."
        >
          before any tuning
        </Explained>
      </caption>
      <thead className={styles.srOnly}>
        <tr>
          <th scope="col">Data</th>
          <th scope="col">Result</th>
          <th scope="col">Basis</th>
        </tr>
      </thead>
      <tbody>
        {quality.map((entry) => (
          <tr key={`${entry.dataset} ${entry.shots}`}>
            <th scope="row">{entry.dataset}</th>
            <td className={styles.qualityValue}>{qualityValue(entry)}</td>
            <td>{qualityBasis(entry)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
