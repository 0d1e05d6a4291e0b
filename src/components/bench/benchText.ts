/** A measurement as Markdown, to paste where such things are compared. */
import { type BenchRow, timesAsFast } from '../../engine/core/benchmark';
import type { Bench, BenchPlace } from '../../state/bench';
import { figure, moment } from '../common/format';

export const PLACE_NAMES: Record<BenchPlace['place'], string> = {
  wasm: 'Processor (WebAssembly)',
  webgpu: 'Graphics card (WebGPU)',
};

export function amount(value: number, unit: BenchRow['unit']): string {
  return `${figure(value)} ${unit}`;
}

export function ratioText(row: BenchRow): string {
  return `${figure(timesAsFast(row))} ×`;
}

export function placeText({ place, adapter, reason }: BenchPlace): string {
  return `${PLACE_NAMES[place]}: ${adapter ?? `not measured. ${reason}`}`;
}

export function benchText({ places, rows, finishedAt }: Bench, browser: string): string {
  const lines = [
    '| Work | Where | Hone | TensorFlow.js | Hone is |',
    '| --- | --- | ---: | ---: | ---: |',
    ...rows.map(
      (row) =>
        `| ${row.work} | ${PLACE_NAMES[row.place]} | ${amount(row.hone, row.unit)} | ${amount(row.stock, row.unit)} | ${ratioText(row)} as fast |`,
    ),
  ];
  const facts = [...places.map(placeText), browser, ...(finishedAt ? [moment(finishedAt)] : [])];
  return `${lines.join('\n')}\n\n${facts.map((fact) => `- ${fact}`).join('\n')}\n`;
}
