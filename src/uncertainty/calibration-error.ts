import { MhoError } from "#protocol";
import { classesOf } from "./checks.ts";
import { confidences } from "./scores.ts";
import type { Numbers, Probabilities } from "./types.ts";

/** One bar of a reliability diagram: confidences in (low, high], the first bar also 0. Means are NaN where `count` is 0. */
export interface ReliabilityBin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
  readonly confidence: number;
  readonly accuracy: number;
}

export interface CalibrationError {
  /** Σ share of items × |accuracy − confidence|. */
  readonly ece: number;
  /** Largest |accuracy − confidence| of a bin that is not empty. */
  readonly mce: number;
  /** √ Σ share of items × (accuracy − confidence)². */
  readonly rmsce: number;
  readonly bins: readonly ReliabilityBin[];
}

/** Bins of the expected calibration error unless told otherwise (Guo et al. 2017). */
export const eceBins = 15;

/**
 * Bin of a confidence among `bins` bins ((k/bins, (k+1)/bins]; 0 falls in the first, 1 in the last.
 * An edge is the double nearest to k/bins, so that 0.6 lies on the edge 3/5 although neither is exact in binary.
 */
export function binOf(confidence: number, bins: number): number {
  let bin = Math.max(0, Math.ceil(confidence * bins) - 1);
  while (bin > 0 && confidence <= bin / bins) bin--;
  while (confidence > (bin + 1) / bins) bin++;
  return bin;
}

function checkBins(bins: number): void {
  if (Number.isInteger(bins) && bins >= 1) return;
  throw new MhoError("OPTION_INVALID", {
    option: "bins",
    value: bins,
    why: "it must be a whole number of at least 1",
  });
}

/** Sums of count, confidence and hits a bin → the errors. */
function errorsOf(counts: Float64Array, confidence: Float64Array, hits: Float64Array): CalibrationError {
  const total = counts.reduce((sum, count) => sum + count, 0);
  let [ece, mce, squares] = [0, 0, 0];
  const bins = Array.from(counts, (count, k) => {
    const gap = Math.abs(hits[k]! - confidence[k]!);
    ece += gap / total;
    if (count > 0) mce = Math.max(mce, gap / count);
    if (count > 0) squares += (gap * gap) / count / total;
    const [low, high] = [k / counts.length, (k + 1) / counts.length];
    return { low, high, count, confidence: confidence[k]! / count, accuracy: hits[k]! / count };
  });
  return { ece, mce, rmsce: Math.sqrt(squares), bins };
}

function binned(confidence: Float64Array, correct: Uint8Array, bins: number): CalibrationError {
  checkBins(bins);
  const [counts, sums, hits] = [new Float64Array(bins), new Float64Array(bins), new Float64Array(bins)];
  for (let item = 0; item < confidence.length; item++) {
    const bin = binOf(confidence[item]!, bins);
    counts[bin]!++;
    sums[bin]! += confidence[item]!;
    hits[bin]! += correct[item]!;
  }
  return errorsOf(counts, sums, hits);
}

/** Reliability diagram and the calibration errors over equal-width bins (lo, hi]. */
export function calibrationError(
  probabilities: Probabilities,
  labels: Numbers,
  bins: number = eceBins,
): CalibrationError {
  const { confidence, correct } = confidences(probabilities, labels);
  return binned(confidence, correct, bins);
}

/** Expected calibration error: equal-width bins (lo, hi] over the confidence of the predicted class. Naeini et al. 2015. */
export const ece = (probabilities: Probabilities, labels: Numbers, bins: number = eceBins): number =>
  calibrationError(probabilities, labels, bins).ece;

/** Mean over classes of the calibration error of p(class) against [label = class], equal-width bins. Kull et al. 2019. */
export function classwiseEce(probabilities: Probabilities, labels: Numbers, bins: number = eceBins): number {
  const classes = classesOf(probabilities, labels);
  let sum = 0;
  for (let c = 0; c < classes; c++) {
    const confidence = Float64Array.from(
      { length: labels.length },
      (_, item) => probabilities[item * classes + c]!,
    );
    const hit = Uint8Array.from({ length: labels.length }, (_, item) => (labels[item] === c ? 1 : 0));
    sum += binned(confidence, hit, bins).ece;
  }
  return sum / classes;
}

/**
 * Adaptive calibration error: like `ece`, over `bins` bins of equally many items, by ascending confidence. Where the items do
 * not divide evenly the first bins hold one more. Source: Nixon et al. 2019, over the predicted class only.
 */
export function ace(probabilities: Probabilities, labels: Numbers, bins: number = eceBins): number {
  checkBins(bins);
  const { confidence, correct } = confidences(probabilities, labels);
  const order = Array.from(confidence.keys()).sort((a, b) => confidence[a]! - confidence[b]! || a - b);
  const [size, larger] = [Math.floor(order.length / bins), order.length % bins];
  let [error, at] = [0, 0];
  for (let bin = 0; bin < bins; bin++) {
    const end = at + size + (bin < larger ? 1 : 0);
    let gap = 0;
    for (; at < end; at++) gap += correct[order[at]!]! - confidence[order[at]!]!;
    error += Math.abs(gap) / order.length;
  }
  return error;
}
