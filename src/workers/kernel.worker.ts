/** A helper thread of the WebAssembly kernels: says that it is there, then serves until the engine worker ends it. */
import { type HelperStart, serveNative } from '../engine/backend/kernels/wasm/nativeModule';

self.onmessage = ({ data }: MessageEvent<HelperStart>) =>
  serveNative(data, () => self.postMessage('ready')).catch(() => self.postMessage('failed'));
