/** Learning-rate schedules, step by step as transformers' `get_*_schedule_with_warmup` (optimization.py). */

export type ScheduleId = 'linear' | 'cosine' | 'constant';

/** Share of the peak learning rate in (0-based) step `step` of `total`, after `warmup` steps of linear growth. */
export function scheduleFactor(id: ScheduleId, step: number, total: number, warmup: number): number {
  if (step < warmup) return step / Math.max(1, warmup);
  const progress = (step - warmup) / Math.max(1, total - warmup);
  const left = (total - step) / Math.max(1, total - warmup);
  switch (id) {
    case 'linear':
      return Math.max(0, left);
    case 'cosine':
      return Math.max(0, 0.5 * (1 + Math.cos(Math.PI * progress)));
    case 'constant':
      return 1;
    default:
      return id satisfies never;
  }
}
