/** Texts that a decoder learns to write: which of their tokens count. */

export interface CausalExample {
  /** Of the data's rows. */
  row: number;
  ids: Int32Array;
  /** 1 where the token counts in the loss; the first never does, for nothing tells it. */
  learned: Uint8Array;
  /** Tokens truncated. */
  cut: number;
}
