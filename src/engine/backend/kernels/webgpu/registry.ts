/** The fused kernels in WGSL, one line each. */
import type { KernelConfig } from '@tensorflow/tfjs-core';
import { attentionGradWebGpu, attentionWebGpu } from './attention';
import { crossEntropyWebGpu } from './crossEntropy';
import { dropoutWebGpu, geluGradWebGpu, geluWebGpu } from './elementwise';
import { embedWebGpu, scatterAddWebGpu } from './embed';
import { columnSumWebGpu, layerNormGradWebGpu, layerNormWebGpu } from './layerNorm';
import { maskedMeanGradWebGpu, maskedMeanWebGpu } from './maskedMean';
import { matMulWebGpu, weightGradWebGpu } from './matmul';
import { adamWWebGpu, globalNormWebGpu } from './optimizer';

export const WEBGPU_KERNELS: readonly KernelConfig[] = [
  matMulWebGpu,
  weightGradWebGpu,
  columnSumWebGpu,
  geluWebGpu,
  geluGradWebGpu,
  layerNormWebGpu,
  layerNormGradWebGpu,
  attentionWebGpu,
  attentionGradWebGpu,
  crossEntropyWebGpu,
  embedWebGpu,
  scatterAddWebGpu,
  dropoutWebGpu,
  maskedMeanWebGpu,
  maskedMeanGradWebGpu,
  globalNormWebGpu,
  adamWWebGpu,
];
