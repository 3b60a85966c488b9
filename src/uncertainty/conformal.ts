import { classesOf } from "./checks.ts";
import type { Numbers, Probabilities } from "./types.ts";

/** Least-ambiguous-set scores, 1 − p(label). Source: Sadinle, Lei and Wasserman 2019. */
export function lacScores(probabilities: Probabilities, labels: Numbers): Float64Array {
  const classes = classesOf(probabilities, labels);
  return Float64Array.from(
    { length: labels.length },
    (_, item) => 1 - probabilities[item * classes + labels[item]!]!,
  );
}

/**
 * Adaptive-prediction-set scores, without randomisation: the sum of the probabilities from the largest down to the label's,
 * its own included; of equals the earlier class goes first. Source: Romano, Sesia and Candès 2020.
 */
export function apsScores(probabilities: Probabilities, labels: Numbers): Float64Array {
  const classes = classesOf(probabilities, labels);
  return Float64Array.from({ length: labels.length }, (_, item) => {
    const row = Array.from(probabilities.subarray(item * classes, (item + 1) * classes));
    const own = row[labels[item]!]!;
    const listed = row.filter((p, c) => p > own || (p === own && c <= labels[item]!));
    return listed.reduce((sum, p) => sum + p, 0);
  });
}

/**
 * Split-conformal threshold: the k-th smallest score, k = ⌈(n + 1)(1 − alpha)⌉, so that a new item's score lies at or below it
 * with probability at least 1 − alpha. ∞ where k > n: that few scores promise nothing, and every class is in the set.
 */
export function conformalQuantile(scores: Numbers, alpha: number): number {
  const ranks = scores.length + 1;
  let left = Math.ceil(ranks * alpha);
  while (left > 0 && left / ranks > alpha) left--; // the largest whole number with left/(n+1) ≤ alpha, in doubles
  const k = ranks - left;
  return k > scores.length ? Number.POSITIVE_INFINITY : Float64Array.from(scores).sort()[Math.max(0, k - 1)]!;
}
