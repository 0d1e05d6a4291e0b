/** The fused kernels in WGSL, one line each. */
import type { KernelConfig } from '@tensorflow/tfjs-core';
import { attentionGradWebGpu, attentionWebGpu } from './attention';
import { crossEntropyGradWebGpu, crossEntropyWebGpu } from './crossEntropy';
import { activateGradWebGpu, activateWebGpu, dropoutWebGpu } from './elementwise';
import { embedWebGpu, scatterAddWebGpu } from './embed';
import { gatedGradWebGpu, gatedWebGpu } from './gated';
import { columnSumWebGpu, layerNormGradWebGpu, layerNormWebGpu } from './layerNorm';
import { maskedMeanGradWebGpu, maskedMeanWebGpu } from './maskedMean';
import { matMulWebGpu, weightGradWebGpu } from './matmul';
import { adamWWebGpu, globalNormWebGpu } from './optimizer';
import { rmsNormGradWebGpu, rmsNormWebGpu } from './rmsNorm';
import { rotateWebGpu } from './rotate';
import { unpackWebGpu } from './unpack';

export const WEBGPU_KERNELS: readonly KernelConfig[] = [
  matMulWebGpu,
  weightGradWebGpu,
  columnSumWebGpu,
  activateWebGpu,
  activateGradWebGpu,
  gatedWebGpu,
  gatedGradWebGpu,
  layerNormWebGpu,
  layerNormGradWebGpu,
  rmsNormWebGpu,
  rmsNormGradWebGpu,
  rotateWebGpu,
  attentionWebGpu,
  attentionGradWebGpu,
  crossEntropyWebGpu,
  crossEntropyGradWebGpu,
  unpackWebGpu,
  embedWebGpu,
  scatterAddWebGpu,
  dropoutWebGpu,
  maskedMeanWebGpu,
  maskedMeanGradWebGpu,
  globalNormWebGpu,
  adamWWebGpu,
];
