/** Token ids of a text to continue, and which of them are to be learned. */
export interface CausalExample {
  row: number;
  ids: Int32Array;
  learned: Uint8Array;
  cut: number;
}
