/**
 * Outputs of `samples` draws of the network for each of `items` inputs: item after item, in it draw after draw.
 * For classes the outputs are logits. `PosteriorSamples` is one of these.
 */
export interface SampleSet {
  readonly items: number;
  readonly samples: number;
  readonly outputs: number;
  /** items × samples × outputs. */
  readonly values: Float32Array | Float64Array;
}

/** Labels or scores, one an item. */
export type Numbers = ArrayLike<number>;
/** items × classes, row by row; each row sums to 1. */
export type Probabilities = Float64Array | Float32Array;
