import { methodSpec } from '../../catalog';
import { pipeline } from '../../pipeline';
import { type FinishedRun, loadFinished, loadReport } from '../../pipeline/artifacts';
import { bodyMoves, modelParameters } from '../../tuning/spec';
import type { Arm } from '../arm';
import { meanTokens } from '../reading';
import type { ArmSpec } from '../spec';
import { runConfigOf } from './runConfig';

/**
 * A tuning run as an arm: stored, resumable and open to export like any other. A run that finished before the study
 * heard of it is taken as it is.
 */
export function methodArm(trains: NonNullable<ArmSpec['trains']>): Arm {
  return async function* (input) {
    const { data, pooled, ports, control, run, probe } = input;
    const config = runConfigOf(input.config, trains.method, input.settings, input.training);
    if (!(run.resume && (await loadReport(ports.storage, run.id)))) {
      yield* pipeline({ ...run, guessed: {} }, config, ports, control, { data, pooled });
    }
    const { report, predictions }: FinishedRun = await loadFinished(ports.storage, run.id);
    const spec = methodSpec(trains.method);
    const { shape } = probe.base.encoder;
    const classes = data.dataset.classes.length;
    return {
      answers: { probabilities: predictions.rows.map(({ after }) => after) },
      trainableParameters: report.method.trainable_parameters,
      bytes:
        4 *
        (bodyMoves(spec.parts(shape, input.settings))
          ? modelParameters(shape, classes)
          : report.method.trainable_parameters),
      trainSeconds:
        trainingSeconds(report.timing.phases_s) +
        (trains.method === 'head' || report.config.training.headStart === 'probe' ? input.readingSeconds : 0),
      latencyMs: report.timing.row_ms ?? null,
      promptTokens: meanTokens(data.splits.test.rows.texts) + (spec.virtualTokens?.(input.settings) ?? 0),
      run: run.id,
      notes: report.warnings.map(({ message }) => message),
    };
  };
}

/** Everything from the rows to the trained weights, but not the test. */
function trainingSeconds(phases: Readonly<Record<string, number>>): number {
  const { testing: _, ...before } = phases;
  return Object.values(before).reduce((sum, seconds) => sum + seconds, 0);
}
