import { classesOf } from "./checks.ts";
import type { Numbers, Probabilities } from "./types.ts";

/** Class of the largest probability of one item; the first of equals. */
export function argmax(probabilities: Probabilities, item: number, classes: number): number {
  let best = 0;
  for (let c = 1; c < classes; c++) {
    if (probabilities[item * classes + c]! > probabilities[item * classes + best]!) best = c;
  }
  return best;
}

/** What the largest probability of each item is worth: that probability, and whether it was right (1) or not (0). */
export function confidences(
  probabilities: Probabilities,
  labels: Numbers,
): { confidence: Float64Array; correct: Uint8Array } {
  const classes = classesOf(probabilities, labels);
  const confidence = new Float64Array(labels.length);
  const correct = new Uint8Array(labels.length);
  for (let item = 0; item < labels.length; item++) {
    const best = argmax(probabilities, item, classes);
    confidence[item] = probabilities[item * classes + best]!;
    correct[item] = best === labels[item] ? 1 : 0;
  }
  return { confidence, correct };
}

/** Share of the items whose most probable class is their label. */
export function accuracy(probabilities: Probabilities, labels: Numbers): number {
  const { correct } = confidences(probabilities, labels);
  return correct.reduce((sum, right) => sum + right, 0) / labels.length;
}

/** Mean negative log likelihood, −mean ln p(label), in nats; ∞ where a label had probability 0. */
export function nll(probabilities: Probabilities, labels: Numbers): number {
  const classes = classesOf(probabilities, labels);
  let sum = 0;
  for (let item = 0; item < labels.length; item++)
    sum -= Math.log(probabilities[item * classes + labels[item]!]!);
  return sum / labels.length;
}

/** Brier score, mean over items of Σ over classes (p − [label])², 0 … 2. Source: Brier (1950), eq. 2. */
export function brier(probabilities: Probabilities, labels: Numbers): number {
  const classes = classesOf(probabilities, labels);
  let sum = 0;
  for (let i = 0; i < probabilities.length; i++) {
    const hit = i % classes === labels[Math.floor(i / classes)] ? 1 : 0;
    sum += (probabilities[i]! - hit) ** 2;
  }
  return sum / labels.length;
}
