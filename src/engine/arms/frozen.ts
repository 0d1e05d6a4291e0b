/** What arms cost that keep one vector a label beside the untouched model. */
import { timeRows } from '../training/rows';
import type { ArmInput, ArmOutcome } from './arm';
import { meanTokens } from './reading';

export async function frozenCosts({
  data,
  ports,
  probe,
}: ArmInput): Promise<Omit<ArmOutcome, 'answers' | 'notes'>> {
  const { rows } = data.splits.test;
  return {
    trainableParameters: 0,
    bytes: 4 * probe.base.encoder.shape.width * data.dataset.classes.length,
    trainSeconds: 0,
    // Comparing with the labels' vectors is a small head.
    latencyMs: await timeRows(probe, rows, ports.now),
    promptTokens: meanTokens(rows.texts),
    run: null,
  };
}
