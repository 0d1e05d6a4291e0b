/** Modules of a BERT layer by peft's names, and their way to peft's own. */

/** `output.dense` means the feed-forward one; attention's own is `attention.output.dense`. */
export function isTarget(module: string, target: string): boolean {
  if (target === 'output.dense' && module.endsWith('attention.output.dense')) return false;
  return module.endsWith(`.${target}`);
}

/**
 * peft's `target_modules` as one expression over whole paths: peft matches a list by ending, and `output.dense` would
 * also take `attention.output.dense`. It leaves the pooling layer that exports append (export/stockBert.ts) alone.
 */
export function targetExpression(layers: number, targets: readonly string[]): string {
  const indices = Array.from({ length: layers }, (_, i) => i).join('|');
  const paths = targets.map((target) => {
    const path = ['query', 'key', 'value'].includes(target) ? `attention.self.${target}` : target;
    return path.replaceAll('.', '\\.');
  });
  return `bert\\.encoder\\.layer\\.(${indices})\\.(${paths.join('|')})`;
}
