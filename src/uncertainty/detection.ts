import type { Numbers } from "./types.ts";

/** Distinct scores from the largest down, with how many positives and negatives stand at or above each. */
interface Thresholds {
  readonly truePositives: number[];
  readonly falsePositives: number[];
}

function thresholds(positive: Numbers, negative: Numbers): Thresholds {
  const [up, down] = [
    Float64Array.from(positive).sort().reverse(),
    Float64Array.from(negative).sort().reverse(),
  ];
  const [truePositives, falsePositives]: [number[], number[]] = [[], []];
  let [tp, fp] = [0, 0];
  while (tp < up.length || fp < down.length) {
    const score = Math.max(up[tp] ?? Number.NEGATIVE_INFINITY, down[fp] ?? Number.NEGATIVE_INFINITY);
    while (tp < up.length && up[tp]! >= score) tp++;
    while (fp < down.length && down[fp]! >= score) fp++;
    truePositives.push(tp);
    falsePositives.push(fp);
  }
  return { truePositives, falsePositives };
}

const undefinedFor = (positive: Numbers, negative: Numbers): boolean =>
  positive.length === 0 ||
  negative.length === 0 ||
  Array.prototype.some.call(positive, Number.isNaN) ||
  Array.prototype.some.call(negative, Number.isNaN);

/**
 * Area under the ROC curve: the probability that a positive scores above a negative, ties counting one half (mid-ranks;
 * Mann and Whitney 1947). For out-of-distribution detection the positives are the foreign inputs and larger is more foreign.
 * NaN where either side is empty or a score is NaN.
 */
export function auroc(positive: Numbers, negative: Numbers): number {
  if (undefinedFor(positive, negative)) return Number.NaN;
  const { truePositives, falsePositives } = thresholds(positive, negative);
  let area = 0;
  for (let k = 0; k < truePositives.length; k++) {
    const [tp, fp] = [truePositives[k - 1] ?? 0, falsePositives[k - 1] ?? 0];
    area += ((falsePositives[k]! - fp) * (truePositives[k]! + tp)) / 2;
  }
  return area / (positive.length * negative.length);
}

/** Average precision, Σ (Rₖ − Rₖ₋₁) Pₖ over distinct thresholds, without interpolation (scikit-learn's definition). */
export function averagePrecision(positive: Numbers, negative: Numbers): number {
  if (undefinedFor(positive, negative)) return Number.NaN;
  const { truePositives, falsePositives } = thresholds(positive, negative);
  let sum = 0;
  for (let k = 0; k < truePositives.length; k++) {
    const gained = truePositives[k]! - (truePositives[k - 1] ?? 0);
    sum += (gained * truePositives[k]!) / (truePositives[k]! + falsePositives[k]!);
  }
  return sum / positive.length;
}

/** False positive rate at the highest threshold that finds at least `recall` of the positives; FPR95 by default. */
export function fprAtRecall(positive: Numbers, negative: Numbers, recall = 0.95): number {
  if (undefinedFor(positive, negative)) return Number.NaN;
  const { truePositives, falsePositives } = thresholds(positive, negative);
  const at = truePositives.findIndex((tp) => tp / positive.length >= recall);
  return falsePositives[at]! / negative.length;
}
