/** Posterior samples of some inputs, and what is needed to trust them. */
export interface PosteriorSamples {
  readonly items: number;
  readonly samples: number;
  readonly outputs: number;
  /** Item, sample, output: logits of a classifier, values of a regression. */
  readonly values: Float32Array;
  /** Read-outs of an area that this took; 0 for samples made in software. */
  readonly readOuts: number;
  /** ADC codes at an end of the range. */
  readonly saturated: number;
  /** Inputs cut at the DAC's range. */
  readonly clipped: number;
  /** Layer outputs drawn, over all layers, items, samples and patches … */
  readonly drawn: number;
  /** … and those of them whose device noise was more than the posterior asks for, so that nothing could be topped up. */
  readonly short: number;
}
