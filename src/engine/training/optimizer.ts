/**
 * AdamW (Loshchilov & Hutter 2019) with bias correction, as torch.optim.AdamW: decay is decoupled and touches
 * matrices only, never biases and norms. Without bias correction small data sets train unstably
 * (Zhang et al. 2021, arXiv 2006.05987).
 */
import * as tf from '@tensorflow/tfjs-core';
import { EngineError } from '../core/errors';
import type { FloatTensor } from '../core/safetensors';

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

export interface OptimizedWeight {
  variable: tf.Variable;
  decay: number;
}

export interface AdamW {
  /**
   * One step, 1-based `step`. `rates` gives each weight's learning rate. Gradients are multiplied by `factor`
   * (a scalar tensor: clipping without reading the norm back). Gradients stay the caller's.
   */
  update(
    step: number,
    gradients: ReadonlyMap<string, tf.Tensor>,
    factor: tf.Scalar,
    rateOf: (name: string) => number,
  ): void;
  /** First and second moments as `NAME.m` and `NAME.v`, in the engine's layout. */
  read(): Promise<Map<string, FloatTensor>>;
  /** @throws bad-weights */
  write(moments: ReadonlyMap<string, FloatTensor>): void;
  dispose(): void;
}

export function createAdamW(weights: ReadonlyMap<string, OptimizedWeight>): AdamW {
  const moments = new Map<string, tf.Tensor>();
  for (const [name, { variable }] of weights) {
    moments.set(`${name}.m`, tf.zeros(variable.shape));
    moments.set(`${name}.v`, tf.zeros(variable.shape));
  }
  const replace = (name: string, next: tf.Tensor): void => {
    moments.get(name)?.dispose();
    moments.set(name, next);
  };

  return {
    update(step, gradients, factor, rateOf) {
      const correction1 = 1 - BETA1 ** step;
      const correction2 = 1 - BETA2 ** step;
      for (const [name, { variable, decay }] of weights) {
        const gradient = gradients.get(name);
        if (!gradient) throw new TypeError(`no gradient for ${name}`);
        const rate = rateOf(name);
        const [m, v] = tf.tidy(() => {
          const g = tf.mul(gradient, factor);
          const first = tf.add(tf.mul(moments.get(`${name}.m`) as tf.Tensor, BETA1), tf.mul(g, 1 - BETA1));
          const second = tf.add(
            tf.mul(moments.get(`${name}.v`) as tf.Tensor, BETA2),
            tf.mul(tf.square(g), 1 - BETA2),
          );
          const spread = tf.add(tf.sqrt(tf.div(second, correction2)), EPSILON);
          const move = tf.mul(tf.div(first, spread), rate / correction1);
          const kept = decay === 0 ? variable : tf.mul(variable, 1 - rate * decay);
          variable.assign(tf.sub(kept, move));
          return [first, second];
        });
        replace(`${name}.m`, m as tf.Tensor);
        replace(`${name}.v`, v as tf.Tensor);
      }
    },
    async read() {
      const values = new Map<string, FloatTensor>();
      for (const [name, tensor] of moments) {
        values.set(name, { shape: [...tensor.shape], data: (await tensor.data()) as Float32Array });
      }
      return values;
    },
    write(saved) {
      for (const [name, tensor] of [...moments]) {
        const value = saved.get(name);
        if (!value || value.shape.join() !== tensor.shape.join()) {
          throw new EngineError({
            code: 'bad-weights',
            message: `Saved optimizer state: ${name} is missing or misshapen.`,
            hint: 'The checkpoint does not belong to this run. Start the run again.',
          });
        }
        replace(name, tf.tensor(value.data, [...value.shape]));
      }
    },
    dispose() {
      tf.dispose([...moments.values()]);
    },
  };
}

/** √Σ‖g‖² over all gradients, as torch.nn.utils.clip_grad_norm_. The caller owns the result. */
export function globalNorm(gradients: Iterable<tf.Tensor>): tf.Scalar {
  return tf.tidy(() => {
    // Pair by pair: tfjs-webgpu's AddN asks for one buffer an input, and adapters offer eight.
    const squares = [...gradients].map((g) => tf.sum(tf.square(g)));
    return tf.sqrt(squares.reduce((sum, square) => tf.add(sum, square))) as tf.Scalar;
  });
}

/** min(1, limit/(norm + 1e-6)) as a scalar tensor. */
export function clipFactor(norm: tf.Scalar, limit: number): tf.Scalar {
  return tf.tidy(() => tf.minimum(1, tf.div(limit, tf.add(norm, 1e-6))) as tf.Scalar);
}
