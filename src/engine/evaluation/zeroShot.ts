/**
 * Zero-shot classification by sentence similarity: a text belongs to the label whose description lies closest
 * (cosine of mean-pooled vectors), the encoder's form of prompting. Probabilities are a softmax of the cosines
 * at scale 20, the scale such encoders are trained with (sentence-transformers, MultipleNegativesRankingLoss).
 */

export const SCALE = 20;

/**
 * Probability per label for each text vector; vectors need not be normalised. A label without one (null) is never
 * chosen; one label at least has a vector.
 */
export function zeroShot(
  texts: readonly Float32Array[],
  descriptions: readonly (Float32Array | null)[],
): number[][] {
  const anchors = descriptions.map((description) => description && unitLength(description));
  return texts.map((text) => {
    const vector = unitLength(text);
    return softmax(
      anchors.map((anchor) => (anchor ? SCALE * dot(vector, anchor) : Number.NEGATIVE_INFINITY)),
    );
  });
}

/** 'order_status' → 'order status': what a label says when nobody described it. */
export function describeLabel(label: string, descriptions: Readonly<Record<string, string>>): string {
  const given = descriptions[label]?.trim();
  if (given) return given;
  return label
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[_\-./]+/g, ' ')
    .trim()
    .toLowerCase();
}

/** Zeros stay zeros. */
export function unitLength(vector: Float32Array): Float32Array {
  const length = Math.sqrt(dot(vector, vector)) || 1;
  return vector.map((value) => value / length);
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

function softmax(logits: readonly number[]): number[] {
  const top = Math.max(...logits);
  const exponentials = logits.map((logit) => Math.exp(logit - top));
  const sum = exponentials.reduce((a, b) => a + b, 0);
  return exponentials.map((value) => value / sum);
}
