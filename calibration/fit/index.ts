/** Readings → parameters: what timed reads of a cell say of its noise, and how well a model explains them. */
export { type CorrelatedNoiseFit, fitCorrelatedNoise } from "./correlated-noise.ts";
export {
  compareFigures,
  type FigureInBand,
  figuresOf,
  type NoiseFigures,
  simulatedReads,
} from "./goodness.ts";
export { type MainsPickup, mainsPickup } from "./mains-pickup.ts";
export { fft, type Spectrum, spectrumSlope, welch } from "./spectrum.ts";
export { allanDeviation, autocorrelation } from "./stability.ts";
export { meanInterval, type TimedReads, withoutTrend } from "./timed-reads.ts";
