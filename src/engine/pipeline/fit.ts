/** Whether a run's memory is there, before it is asked for. */
import type { TrialMemory } from './trial';

export type Fit = 'fits' | 'tight' | 'does-not-fit';

/** All that 32-bit WebAssembly can address. */
const HEAP_BYTES = 4 * 1024 ** 3;
/** Tabs of more are often ended when the system runs short. */
const TIGHT_BYTES = 1.5 * 1024 ** 3;
/** `navigator.deviceMemory` says no more than this, in GiB, whatever there is. */
const MOST_TOLD = 8;

const WAY_OUT =
  'Take fewer rows per step (batch size), shorter texts (max length), or a method that moves less: LoRA, or the head only.';

/** `bufferLimit`: of the graphics card; null on the processor. */
export function fitOf(
  { peak, largestBuffer }: TrialMemory,
  bufferLimit: number | null,
  deviceGiB = (globalThis.navigator as { deviceMemory?: number } | undefined)?.deviceMemory ?? MOST_TOLD,
): { fit: Fit; advice: string | null } {
  const verdict = (fit: Fit, why: string): { fit: Fit; advice: string } => ({
    fit,
    advice: `It needs about ${gigabytes(peak)} at its peak${why}. ${WAY_OUT}`,
  });
  if (bufferLimit !== null && largestBuffer !== null && largestBuffer > bufferLimit) {
    return verdict(
      'does-not-fit',
      `, ${gigabytes(largestBuffer)} of it in one piece, and this graphics card gives ${gigabytes(bufferLimit)} at most in one`,
    );
  }
  if (bufferLimit === null && peak > HEAP_BYTES) {
    return verdict('does-not-fit', `, and WebAssembly can hold ${gigabytes(HEAP_BYTES)}`);
  }
  const device = deviceGiB * 1024 ** 3;
  if (deviceGiB < MOST_TOLD && peak > device) {
    return verdict('does-not-fit', `, and this machine has about ${gigabytes(device)} in all`);
  }
  if (peak > Math.min(TIGHT_BYTES, device / 2)) {
    return verdict('tight', ', and browsers end tabs of that size when memory runs short: close other tabs');
  }
  return { fit: 'fits', advice: null };
}

function gigabytes(bytes: number): string {
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
