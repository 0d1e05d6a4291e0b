/** Edited label descriptions: which differ from those measured, and what is sent to be measured. */
type Texts = Readonly<Record<string, string>>;

const textOf = (texts: Texts, label: string): string => (texts[label] ?? '').trim();

export function changedLabels(labels: readonly string[], measured: Texts, edited: Texts): string[] {
  return labels.filter((label) => textOf(measured, label) !== textOf(edited, label));
}

/** Trimmed, without the empty ones: a label without a description is described by its own name. */
export function cleanDescriptions(labels: readonly string[], edited: Texts): Record<string, string> {
  const kept = labels.map((label) => [label, textOf(edited, label)] as const);
  return Object.fromEntries(kept.filter(([, text]) => text !== ''));
}

/** Whether any label was described; without, the labels' names are all that the model was asked with. */
export function isDescribed(labels: readonly string[], descriptions: Texts): boolean {
  return labels.some((label) => textOf(descriptions, label) !== '');
}
