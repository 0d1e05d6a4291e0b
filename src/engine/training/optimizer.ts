/**
 * AdamW (Loshchilov & Hutter 2019) with bias correction, as torch.optim.AdamW: decay is decoupled and touches
 * matrices only, never biases and norms. Without bias correction small data sets train unstably
 * (Zhang et al. 2021, arXiv 2006.05987).
 */
import * as tf from '@tensorflow/tfjs-core';
import { BETA1, BETA2, fused } from '../backend/kernels/contract';
import { EngineError } from '../core/errors';
import type { FloatTensor } from '../core/safetensors';

export interface OptimizedWeight {
  /** Its values are its own: a step moves them in place. */
  variable: tf.Variable;
  decay: number;
  /** Times the step's learning rate. */
  rateScale: number;
}

export interface AdamW {
  /**
   * One step by `hyper`, made of `hyperparameters`. Gradients are multiplied by `factor` (a scalar tensor: clipping
   * without reading the norm back). All stay the caller's.
   */
  update(gradients: ReadonlyMap<string, tf.Tensor>, factor: tf.Scalar, hyper: tf.Tensor1D): void;
  /** First and second moments as `NAME.m` and `NAME.v`, in the engine's layout. */
  read(): Promise<Map<string, FloatTensor>>;
  /** @throws bad-weights */
  write(moments: ReadonlyMap<string, FloatTensor>): void;
  dispose(): void;
}

/** What an update goes by at 1-based `step`: learning rate and bias corrections. */
export function hyperparameters(step: number, rate: number): Float32Array {
  return Float32Array.of(rate, 1 - BETA1 ** step, 1 - BETA2 ** step);
}

export function createAdamW(weights: ReadonlyMap<string, OptimizedWeight>): AdamW {
  const moments = new Map<string, tf.Variable>();
  for (const [name, { variable }] of weights) {
    for (const letter of ['m', 'v']) {
      const zero = tf.zeros(variable.shape);
      moments.set(`${name}.${letter}`, tf.variable(zero));
      zero.dispose();
    }
  }
  const all = [...weights];
  const attrs = {
    count: all.length,
    decays: all.map(([, { decay }]) => decay),
    rateScales: all.map(([, { rateScale }]) => rateScale),
  };
  const held: Record<string, tf.Tensor> = {};
  all.forEach(([name, { variable }], i) => {
    held[`w${i}`] = variable;
    held[`m${i}`] = moments.get(`${name}.m`) as tf.Variable;
    held[`v${i}`] = moments.get(`${name}.v`) as tf.Variable;
  });

  return {
    update(gradients, factor, hyper) {
      const given: Record<string, tf.Tensor> = { ...held, factor };
      all.forEach(([name], i) => {
        const gradient = gradients.get(name);
        if (!gradient) throw new TypeError(`no gradient for ${name}`);
        given[`g${i}`] = gradient;
      });
      fused('HoneAdamW', { ...given, hyper }, attrs);
    },
    async read() {
      const values = new Map<string, FloatTensor>();
      for (const [name, tensor] of moments) {
        values.set(name, { shape: [...tensor.shape], data: (await tensor.data()) as Float32Array });
      }
      return values;
    },
    write(saved) {
      for (const [name, variable] of moments) {
        const value = saved.get(name);
        if (!value || value.shape.join() !== variable.shape.join()) {
          throw new EngineError({
            code: 'bad-weights',
            message: `Saved optimizer state: ${name} is missing or misshapen.`,
            hint: 'The checkpoint does not belong to this run. Start the run again.',
          });
        }
        const tensor = tf.tensor(value.data, [...value.shape]);
        variable.assign(tensor);
        tensor.dispose();
      }
    },
    dispose() {
      for (const variable of moments.values()) variable.dispose();
    },
  };
}

/**
 * [√Σ‖g‖² over all gradients, the factor that brings it to `limit` at most], as torch.nn.utils.clip_grad_norm_.
 * The caller owns both.
 */
export function clipping(
  gradients: Iterable<tf.Tensor>,
  limit: number,
): [norm: tf.Scalar, factor: tf.Scalar] {
  const inputs = Object.fromEntries([...gradients].map((gradient, i) => [`g${i}`, gradient]));
  return fused('HoneGlobalNorm', inputs, { limit }) as [tf.Scalar, tf.Scalar];
}
