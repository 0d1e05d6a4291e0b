/** Sizes of an encoder, as its config gives them; D = width, V = vocabulary. */
export interface ModelShape {
  layers: number;
  width: number;
  heads: number;
  feedForward: number;
  vocabulary: number;
  positions: number;
}
