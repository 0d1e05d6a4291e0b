/**
 * Multinomial logistic regression on sparse rows, to scikit-learn's optimum: C * sum of cross-entropies + |W|^2 / 2,
 * intercepts unpenalised. Solved by Newton's method with conjugate gradients (its `solver='newton-cg'`), which keeps
 * six vectors of the weights' size where L-BFGS keeps twenty-odd: 77 labels and word pairs make millions of weights.
 */
import type { SparseRows } from './vectorizer';

/** Weight of feature f for class k at `weights[f * classes + k]`; the intercepts are one more feature, the last. */
export interface LogisticModel {
  classes: number;
  features: number;
  weights: Float64Array;
}

export interface LogisticSettings {
  /** scikit-learn's C. */
  inverseRegularisation: number;
  /** Largest entry of the mean loss's gradient at the end; scikit-learn's default unless given. */
  tolerance?: number;
}

const MAX_STEPS = 100;
const MAX_PASSES_A_STEP = 250;
/** Armijo's condition (Nocedal and Wright 2006, equation 3.4). */
const SUFFICIENT = 1e-4;

/**
 * `labels` below `classes`, each occurring. Two classes are one binomial in scikit-learn: its optimum is the
 * softmax's at half of C, because the penalty is shared by two equal and opposite weights.
 * Yields after each pass over the rows how many there were.
 */
export function* fitLogistic(
  rows: SparseRows,
  labels: ArrayLike<number>,
  shape: { classes: number; features: number },
  { inverseRegularisation, tolerance = 1e-4 }: LogisticSettings,
): Generator<number, LogisticModel> {
  const { classes, features } = shape;
  const n = labels.length;
  const penalty = (classes === 2 ? 2 : 1) / (inverseRegularisation * n);
  const model = { ...shape, weights: new Float64Array((features + 1) * classes) };
  const { weights } = model;
  const gradient = new Float64Array(weights.length);
  let scores = new Float64Array(n * classes);
  let passes = 0;
  /** The gradient's length at the start: the measure of what is near the optimum, whatever the loss's scale. */
  let first = 1;
  for (let step = 0; step < MAX_STEPS; step++) {
    const probabilities = softmaxRows(scores, classes);
    const residuals = probabilities.map(
      (p, i) => (p - (i % classes === labels[(i / classes) | 0] ? 1 : 0)) / n,
    );
    backward(rows, residuals, model, gradient);
    addPenalty(gradient, weights, penalty, features * classes);
    yield ++passes;
    if (step === 0) first = norm(gradient);
    if (largest(gradient) <= tolerance) break;
    const direction = yield* newtonDirection(
      rows,
      probabilities,
      gradient,
      penalty,
      model,
      Math.min(0.5, Math.sqrt(norm(gradient) / first)),
      () => ++passes,
    );
    const along = forward(rows, { ...model, weights: direction });
    const length = stepLength({
      scores,
      along,
      labels,
      classes,
      weights,
      direction,
      gradient,
      penalty,
      features,
    });
    if (length === 0) break;
    addScaled(weights, direction, length);
    scores = addScaled(scores, along, length);
  }
  return model;
}

/** One probability per class for each row. */
export function predictLogistic(rows: SparseRows, model: LogisticModel): number[][] {
  const { classes } = model;
  const flat = softmaxRows(forward(rows, model), classes);
  return Array.from({ length: rows.starts.length - 1 }, (_, row) =>
    Array.from(flat.subarray(row * classes, (row + 1) * classes)),
  );
}

/** Conjugate gradients on H d = -g, to the share `forcing` of its start, less as the optimum nears (Dembo and Steihaug 1983). */
function* newtonDirection(
  rows: SparseRows,
  probabilities: Float64Array,
  gradient: Float64Array,
  penalty: number,
  model: LogisticModel,
  forcing: number,
  pass: () => number,
): Generator<number, Float64Array> {
  const { classes, features } = model;
  const direction = new Float64Array(gradient.length);
  const residual = gradient.map((value) => -value);
  const search = residual.slice();
  const curved = new Float64Array(gradient.length);
  let squares = dot(residual, residual);
  const enough = squares * forcing ** 2;
  for (let i = 0; i < MAX_PASSES_A_STEP && squares > enough; i++) {
    turn(rows, probabilities, { ...model, weights: search }, curved);
    addPenalty(curved, search, penalty, features * classes);
    yield pass();
    const length = squares / dot(search, curved);
    addScaled(direction, search, length);
    addScaled(residual, curved, -length);
    const next = dot(residual, residual);
    for (let j = 0; j < search.length; j++) {
      search[j] = (residual[j] as number) + (next / squares) * (search[j] as number);
    }
    squares = next;
  }
  return direction;
}

/** The mean loss's Hessian on a change of the weights: X' (p * (s - sum p s)) / n with s = X W. */
function turn(
  rows: SparseRows,
  p: Float64Array,
  { classes, features, weights }: LogisticModel,
  out: Float64Array,
): void {
  out.fill(0);
  const n = rows.starts.length - 1;
  const scores = new Float64Array(classes);
  for (let row = 0; row < n; row++) {
    scoreRow(rows, row, weights, features, scores, 0, classes);
    let mean = 0;
    for (let k = 0; k < classes; k++) mean += (p[row * classes + k] as number) * (scores[k] as number);
    for (let k = 0; k < classes; k++) {
      scores[k] = ((p[row * classes + k] as number) * ((scores[k] as number) - mean)) / n;
    }
    spreadRow(rows, row, scores, 0, features, classes, out);
  }
}

/** Halved until the loss falls as far as the slope promises; 0 where rounding leaves nothing to gain. */
function stepLength(at: {
  scores: Float64Array;
  along: Float64Array;
  labels: ArrayLike<number>;
  classes: number;
  weights: Float64Array;
  direction: Float64Array;
  gradient: Float64Array;
  penalty: number;
  features: number;
}): number {
  const { classes, labels, penalty } = at;
  const penalised = at.features * classes;
  const w = at.weights.subarray(0, penalised);
  const d = at.direction.subarray(0, penalised);
  const [ww, wd, dd] = [dot(w, w), dot(w, d), dot(d, d)];
  const lossAt = (length: number): number =>
    meanLoss(at.scores, at.along, length, labels, classes) +
    (penalty / 2) * (ww + 2 * length * wd + length * length * dd);
  const here = lossAt(0);
  const slope = dot(at.gradient, at.direction);
  for (let length = 1; length > 1e-10; length /= 2) {
    if (lossAt(length) <= here + SUFFICIENT * length * slope) return length;
  }
  return 0;
}

/** Mean cross-entropy of scores + length * along. */
function meanLoss(
  scores: Float64Array,
  along: Float64Array,
  length: number,
  labels: ArrayLike<number>,
  classes: number,
): number {
  let total = 0;
  for (let row = 0; row < labels.length; row++) {
    const start = row * classes;
    const at = (k: number): number => (scores[start + k] as number) + length * (along[start + k] as number);
    let top = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < classes; k++) top = Math.max(top, at(k));
    let sum = 0;
    for (let k = 0; k < classes; k++) sum += Math.exp(at(k) - top);
    total += top + Math.log(sum) - at(labels[row] as number);
  }
  return total / labels.length;
}

/** Scores [rows, classes]: X W + intercepts. */
function forward(rows: SparseRows, { classes, features, weights }: LogisticModel): Float64Array<ArrayBuffer> {
  const n = rows.starts.length - 1;
  const scores = new Float64Array(n * classes);
  for (let row = 0; row < n; row++) scoreRow(rows, row, weights, features, scores, row * classes, classes);
  return scores;
}

/** The transpose: X' R with the column of ones, into `out`. */
function backward(
  rows: SparseRows,
  residuals: Float64Array,
  { classes, features }: LogisticModel,
  out: Float64Array,
): void {
  out.fill(0);
  const n = rows.starts.length - 1;
  for (let row = 0; row < n; row++) spreadRow(rows, row, residuals, row * classes, features, classes, out);
}

/** One row's scores into `scores` from `at` on. */
function scoreRow(
  rows: SparseRows,
  row: number,
  weights: Float64Array,
  features: number,
  scores: Float64Array,
  at: number,
  classes: number,
): void {
  const end = rows.starts[row + 1] as number;
  for (let k = 0; k < classes; k++) scores[at + k] = weights[features * classes + k] as number;
  for (let j = rows.starts[row] as number; j < end; j++) {
    const from = (rows.features[j] as number) * classes;
    const value = rows.values[j] as number;
    for (let k = 0; k < classes; k++) {
      scores[at + k] = (scores[at + k] as number) + value * (weights[from + k] as number);
    }
  }
}

/** One row's residuals, from `at` on, to the weights of its features and the intercepts. */
function spreadRow(
  rows: SparseRows,
  row: number,
  residuals: Float64Array,
  at: number,
  features: number,
  classes: number,
  out: Float64Array,
): void {
  const end = rows.starts[row + 1] as number;
  for (let k = 0; k < classes; k++) {
    const to = features * classes + k;
    out[to] = (out[to] as number) + (residuals[at + k] as number);
  }
  for (let j = rows.starts[row] as number; j < end; j++) {
    const to = (rows.features[j] as number) * classes;
    const value = rows.values[j] as number;
    for (let k = 0; k < classes; k++) {
      out[to + k] = (out[to + k] as number) + value * (residuals[at + k] as number);
    }
  }
}

function softmaxRows(scores: Float64Array, classes: number): Float64Array {
  const out = new Float64Array(scores.length);
  for (let start = 0; start < scores.length; start += classes) {
    let top = Number.NEGATIVE_INFINITY;
    for (let i = start; i < start + classes; i++) top = Math.max(top, scores[i] as number);
    let sum = 0;
    for (let i = start; i < start + classes; i++) {
      out[i] = Math.exp((scores[i] as number) - top);
      sum += out[i] as number;
    }
    for (let i = start; i < start + classes; i++) out[i] = (out[i] as number) / sum;
  }
  return out;
}

function addPenalty(to: Float64Array, of: Float64Array, penalty: number, penalised: number): void {
  for (let i = 0; i < penalised; i++) to[i] = (to[i] as number) + penalty * (of[i] as number);
}

/** to + scale * of, in place. */
function addScaled(
  to: Float64Array<ArrayBuffer>,
  of: Float64Array,
  scale: number,
): Float64Array<ArrayBuffer> {
  for (let i = 0; i < to.length; i++) to[i] = (to[i] as number) + scale * (of[i] as number);
  return to;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

function norm(values: Float64Array): number {
  return Math.sqrt(dot(values, values));
}

function largest(values: Float64Array): number {
  let top = 0;
  for (const value of values) top = Math.max(top, Math.abs(value));
  return top;
}
