import type { Predictive } from "./predictive.ts";
import type { SampleSet } from "./types.ts";

/** Work space for the samples of one item, so that nothing is allocated an item. */
export interface Scratch {
  /** samples × classes. */
  readonly probabilities: Float64Array;
  readonly logs: Float64Array;
  /** One a class. */
  readonly logMean: Float64Array;
  readonly votes: Int32Array;
  /** One a sample: −Σ p ln p̄, H[p] and their difference. */
  readonly cross: Float64Array;
  readonly entropy: Float64Array;
  readonly divergence: Float64Array;
}

export const scratchFor = ({ samples, outputs }: SampleSet): Scratch => ({
  probabilities: new Float64Array(samples * outputs),
  logs: new Float64Array(samples * outputs),
  logMean: new Float64Array(outputs),
  votes: new Int32Array(outputs),
  cross: new Float64Array(samples),
  entropy: new Float64Array(samples),
  divergence: new Float64Array(samples),
});

/** Sum of every `stride`-th value from `start` on. */
function strided(values: Float64Array, start: number, stride: number): number {
  let sum = 0;
  for (let i = start; i < values.length; i += stride) sum += values[i]!;
  return sum;
}

/** p̄, its errors, the entropy bias and the winning class. */
export function averageItem(out: Predictive, item: number, { probabilities, logMean }: Scratch): void {
  const { classes, samples } = out;
  const row = item * classes;
  for (let c = 0; c < classes; c++) {
    const mean = strided(probabilities, c, classes) / samples;
    let squares = 0;
    for (let s = c; s < probabilities.length; s += classes) squares += (probabilities[s]! - mean) ** 2;
    const variance = squares / (samples - 1);
    out.probabilities[row + c] = mean;
    out.probabilityErrors[row + c] = Math.sqrt(variance / samples);
    // A mean that underflows to 0 under some p of 10⁻³²³: p ln p̄ is 0 all the same.
    logMean[c] = mean > 0 ? Math.log(mean) : 0;
    if (mean > 0) out.entropyBias[item]! += variance / (2 * samples * mean);
    if (mean > out.probabilities[row + out.label[item]!]!) out.label[item] = c;
  }
}

/** The three entropies with their standard errors. */
export function splitItem(out: Predictive, item: number, scratch: Scratch): void {
  const { classes, samples } = out;
  const { probabilities, logs, logMean, cross, entropy, divergence } = scratch;
  for (let s = 0; s < samples; s++) {
    let [across, own] = [0, 0];
    for (let c = 0; c < classes; c++) {
      const p = probabilities[s * classes + c]!;
      if (p === 0) continue; // p ln p → 0
      across -= p * logMean[c]!;
      own -= p * logs[s * classes + c]!;
    }
    cross[s] = across;
    entropy[s] = own;
    divergence[s] = across - own;
  }
  const total = strided(cross, 0, 1) / samples;
  const within = strided(entropy, 0, 1) / samples;
  out.predictiveEntropy[item] = Math.max(0, total);
  out.softmaxEntropy[item] = Math.max(0, within);
  out.mutualInformation[item] = Math.max(0, total - within); // negative only by rounding (Jensen)
  out.predictiveEntropyError[item] = standardError(cross);
  out.softmaxEntropyError[item] = standardError(entropy);
  out.mutualInformationError[item] = standardError(divergence);
}

/** Standard error of the mean of independent values: sd (ddof 1) / √n. */
export function standardError(values: Float64Array): number {
  const mean = strided(values, 0, 1) / values.length;
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i]! - mean) ** 2;
  return Math.sqrt(squares / (values.length - 1) / values.length);
}

/** How far the samples disagree when each votes for its largest class (the first of equals). */
export function voteItem(out: Predictive, item: number, { probabilities, votes }: Scratch): void {
  const { classes, samples } = out;
  votes.fill(0);
  for (let row = 0; row < probabilities.length; row += classes) {
    let best = 0;
    for (let c = 1; c < classes; c++) if (probabilities[row + c]! > probabilities[row + best]!) best = c;
    votes[best]!++;
  }
  let [most, sameOrdered] = [0, 0];
  for (const count of votes) {
    most = Math.max(most, count);
    sameOrdered += count * (count - 1);
  }
  out.variationRatio[item] = 1 - most / samples;
  out.disagreement[item] = 1 - sameOrdered / (samples * (samples - 1));
}

/** Mean KL between samples, in time linear in their number: the double sum over pairs separates. */
export function divergeItem(out: Predictive, item: number, { logs }: Scratch): void {
  const { classes, samples } = out;
  let cross = 0;
  for (let c = 0; c < classes; c++) {
    const mean = out.probabilities[item * classes + c]!;
    if (mean > 0) cross -= (mean * strided(logs, c, classes)) / samples;
  }
  // Pairs of a sample with itself count 0, so the mean over different ones is larger by S/(S−1).
  const allPairs = Math.max(0, cross - out.softmaxEntropy[item]!);
  out.pairwiseDivergence[item] = (allPairs * samples) / (samples - 1);
}
