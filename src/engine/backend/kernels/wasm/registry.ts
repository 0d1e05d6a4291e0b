/** Kernels we add to tfjs-wasm, one line each. */
import type { KernelConfig } from '@tensorflow/tfjs-core';
import { attentionGradWasm, attentionWasm } from './attention';
import { embedWasm, scatterAddWasm } from './embedding';
import { gatedGradWasm, gatedWasm } from './gated';
import { identityWasm } from './identity';
import { crossEntropyGradWasm, crossEntropyWasm } from './loss';
import { columnSumWasm, matMulWasm, weightGradWasm } from './matmul';
import { layerNormGradWasm, layerNormWasm } from './norm';
import { adamWWasm, globalNormWasm } from './optimizer';
import { maskedMeanGradWasm, maskedMeanWasm } from './pooling';
import { rmsNormGradWasm, rmsNormWasm } from './rmsNorm';
import { rotateWasm } from './rotate';
import { unpackWasm } from './unpack';
import { unsortedSegmentSumWasm } from './unsortedSegmentSum';
import { activateGradWasm, activateWasm, dropoutWasm } from './values';

/** Operations of TensorFlow.js's own that tfjs-wasm lacks, or does in a costly way. */
export const WASM_KERNELS: readonly KernelConfig[] = [unsortedSegmentSumWasm, identityWasm];

/** Fused kernels in our own module: see native.ts. */
export const NATIVE_KERNELS: readonly KernelConfig[] = [
  matMulWasm,
  weightGradWasm,
  columnSumWasm,
  activateWasm,
  activateGradWasm,
  gatedWasm,
  gatedGradWasm,
  layerNormWasm,
  layerNormGradWasm,
  rmsNormWasm,
  rmsNormGradWasm,
  rotateWasm,
  attentionWasm,
  attentionGradWasm,
  crossEntropyWasm,
  crossEntropyGradWasm,
  unpackWasm,
  embedWasm,
  scatterAddWasm,
  dropoutWasm,
  maskedMeanWasm,
  maskedMeanGradWasm,
  globalNormWasm,
  adamWWasm,
];
