/** What the choice costs: parts that move, time, memory, file. The parts are exact; the rest is measured here. */
import { Badge, Skeleton, Tooltip } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { methodSpec } from '../../engine/catalog';
import { modelParameters } from '../../engine/tuning/spec';
import { modelOf, useMachine } from '../../state/machine';
import { settingsOf, useProject } from '../../state/project';
import type { Estimate } from '../../workers/protocol';
import { Figure } from '../common/Figure';
import { about, bytes, figure, magnitude } from '../common/format';
import { Explained, Term } from '../common/Term';
import styles from './method.module.css';
import type { EstimateNow } from './useEstimate';

export function EstimateFigures({ now }: { now: EstimateNow }) {
  const { estimate, measuring, waiting } = now;
  const parameters = useTrainable();
  const cost = (value: (known: Estimate) => string): { value: string; pending: boolean } =>
    estimate ? { value: value(estimate), pending: false } : { value: '–', pending: measuring };
  const basis = estimate?.basis ?? 'Measured on this machine as soon as your data is open.';
  const explained = (label: string, definition: string): ReactNode => (
    <Explained term={label} definition={definition} source={basis}>
      {label}
    </Explained>
  );
  return (
    <div className={styles.figures} aria-busy={measuring}>
      <Figure
        label={<Term id="parameters">Parts that move</Term>}
        value={parameters ? magnitude(parameters.moving) : '–'}
        {...(parameters ? { detail: `${shareText(parameters.share)} of the model` } : {})}
      />
      <Cost
        label={explained('Time here', 'The whole run, its test included.')}
        {...cost(({ seconds }) => (seconds === null ? 'unknown' : about(seconds)))}
        detail={timeDetail(estimate, waiting)}
      />
      <Cost
        label={explained(
          'Memory here',
          'The most that weights and a step on the longest texts hold at once; planned before anything is trained.',
        )}
        {...cost(({ peakBytes }) => bytes(peakBytes))}
        detail={estimate ? <FitBadge fit={estimate.fit} /> : undefined}
      />
      <Cost
        label={explained('File', 'What you take away at the end: the weights that were trained.')}
        {...cost(({ exportBytes }) => bytes(exportBytes))}
        {...(estimate ? { detail: <ExportKind /> } : {})}
      />
    </div>
  );
}

function timeDetail(estimate: Estimate | null, waiting: boolean): string | undefined {
  if (waiting || estimate?.seconds === null) return 'not timed while a run is under way';
  return estimate ? 'measured on this machine' : undefined;
}

interface CostProps {
  label: ReactNode;
  value: string;
  pending: boolean;
  detail?: ReactNode;
}

function Cost({ label, value, pending, detail }: CostProps) {
  if (!pending) return <Figure label={label} value={value} detail={detail} />;
  return (
    <div>
      <div className={styles.pendingLabel}>{label}</div>
      <Skeleton height={22} width={90} mt={4} />
      <div className={styles.pendingLabel}>measuring …</div>
    </div>
  );
}

function ExportKind() {
  const exports = useProject((project) => methodSpec(project.methodId).exports);
  return <>{exports === 'adapter' ? 'an adapter beside the model' : 'the whole model'}</>;
}

const FIT_WORDS = {
  fits: { label: 'fits', colour: 'gray', help: 'There is room to spare on this machine.', Icon: IconCheck },
  tight: {
    label: 'tight',
    colour: 'yellow',
    help: 'It should work; close other tabs. Fewer rows per step or shorter texts need less.',
    Icon: IconAlertTriangle,
  },
  'does-not-fit': {
    label: 'does not fit here',
    colour: 'red',
    help: 'This machine has too little memory for it. Take fewer rows per step, shorter texts, or a smaller method.',
    Icon: IconX,
  },
} as const;

export function FitBadge({ fit }: { fit: Estimate['fit'] }) {
  const { label, help, colour, Icon } = FIT_WORDS[fit];
  return (
    <Tooltip label={help} multiline w={260}>
      <Badge
        component="span"
        variant="light"
        color={colour}
        className={styles.fit ?? ''}
        data-fit={fit}
        leftSection={<Icon size={12} aria-hidden />}
      >
        {label}
      </Badge>
    </Tooltip>
  );
}

/** Exact, from the spec, so it changes with the choice at once. */
function useTrainable(): { moving: number; share: number } | null {
  const project = useProject((state) => state);
  const model = useMachine((machine) => modelOf(machine, project.model?.id));
  if (!model) return null;
  const classes = Math.max(2, project.report?.classes.length ?? 2);
  const moving = methodSpec(project.methodId).trainableParameters(
    model.shape,
    settingsOf(project).method,
    classes,
  );
  return { moving, share: Math.min(1, moving / modelParameters(model.shape, classes)) };
}

export function shareText(share: number): string {
  return share >= 0.9995 ? '100 %' : share < 0.0005 ? 'under 0.1 %' : `${figure(share * 100)} %`;
}
