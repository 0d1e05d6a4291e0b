/** Whether a model can be read into memory here, before it is downloaded. */
import type { ModelShape } from '../core/modelShape';
import { type Fit, fitOf } from './fit';

export interface ReadingFit {
  fit: Fit;
  /** At the peak of reading: the weights as 32-bit floats, and the file that they come from. */
  peakBytes: number;
}

/** `parameters` and `fileBytes` of the weights alone; `bufferLimit` as for `fitOf`. */
export function readingFit(
  shape: Pick<ModelShape, 'vocabulary' | 'width'>,
  { parameters, fileBytes }: { parameters: number; fileBytes: number },
  bufferLimit: number | null,
  deviceGiB?: number,
): ReadingFit {
  const peak = 4 * parameters + fileBytes;
  // Nothing in an encoder is larger than its word vectors.
  const largestBuffer = bufferLimit === null ? null : 4 * shape.vocabulary * shape.width;
  return { fit: fitOf({ peak, largestBuffer }, bufferLimit, deviceGiB).fit, peakBytes: peak };
}
