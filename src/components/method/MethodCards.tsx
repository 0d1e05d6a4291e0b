/**
 * The tuning methods as one radio group: arrow keys move through them, the picture shows what moves. The usual ways
 * stand first, the others behind one button.
 */
import { Button, Title } from '@mantine/core';
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { type ReactNode, useId, useState } from 'react';
import { METHODS } from '../../engine/catalog';
import type { ModelShape } from '../../engine/core/modelShape';
import type { MethodSpec } from '../../engine/tuning/spec';
import { modelParameters } from '../../engine/tuning/spec';
import { chooseMethod } from '../../state/commands/settings';
import { type Project, settingsOf, useProject } from '../../state/project';
import { ModelPicture } from '../model/ModelPicture';
import { shareText } from './EstimateFigures';
import styles from './method.module.css';

export function MethodCards({ shape }: { shape: ModelShape }) {
  const project = useProject((state) => state);
  const id = useId();
  const [unfolded, setUnfolded] = useState(false);
  const inGroup = (group: MethodSpec['group']): readonly MethodSpec[] =>
    METHODS.filter((spec) => spec.group === group);
  const others = inGroup('other');
  // What is chosen is never hidden.
  const pinned = others.some((spec) => spec.id === project.methodId);
  const shown = unfolded || pinned;
  const cards = (specs: readonly MethodSpec[]): ReactNode =>
    specs.map((spec) => <MethodCard key={spec.id} spec={spec} shape={shape} project={project} />);
  return (
    <fieldset className={styles.methods}>
      <legend className={styles.srOnly}>Tuning method</legend>
      <div className={styles.usual}>{cards(inGroup('usual'))}</div>
      <div className={styles.othersHead}>
        <Title order={2} size="h3">
          Other ways
        </Title>
        <span className={styles.othersNote}>For comparison, and for the smallest files.</span>
        {!pinned && (
          <Button
            variant="default"
            size="sm"
            aria-expanded={shown}
            aria-controls={`${id}others`}
            rightSection={
              shown ? <IconChevronUp size={16} aria-hidden /> : <IconChevronDown size={16} aria-hidden />
            }
            onClick={() => setUnfolded(!unfolded)}
          >
            {shown ? 'Hide them' : `Show ${others.length} more`}
          </Button>
        )}
      </div>
      <div className={styles.others} id={`${id}others`} hidden={!shown}>
        {shown && cards(others)}
      </div>
    </fieldset>
  );
}

function MethodCard({ spec, shape, project }: { spec: MethodSpec; shape: ModelShape; project: Project }) {
  const id = useId();
  const chosen = project.methodId === spec.id;
  const { method: settings } = settingsOf({ ...project, methodId: spec.id });
  const classes = Math.max(2, project.report?.classes.length ?? 2);
  const share = spec.trainableParameters(shape, settings, classes) / modelParameters(shape, classes);
  return (
    <label className={styles.card} data-chosen={chosen || undefined}>
      <input
        type="radio"
        className={styles.input}
        name="tuning-method"
        value={spec.id}
        checked={chosen}
        aria-labelledby={`${id}label`}
        aria-describedby={`${id}line ${id}share`}
        onChange={() => chooseMethod(spec.id)}
      />
      <span className={styles.cardHead}>
        <span className={styles.radio} aria-hidden />
        <span className={styles.cardTitle} id={`${id}label`}>
          {spec.label}
        </span>
      </span>
      <ModelPicture parts={spec.parts(shape, settings)} />
      <span id={`${id}line`} className={styles.cardLine}>
        {spec.line}
      </span>
      <span id={`${id}share`} className={styles.cardShare}>
        {shareText(Math.min(1, share))} of it moves
      </span>
    </label>
  );
}
