import { MhoError } from "#protocol";
import { checkLabel } from "./checks.ts";
import type { Numbers } from "./types.ts";

/** Where the search for 1/T ends: a temperature outside 10⁻⁴ … 10⁴ means that no finite one is best. */
const widest = 1e4;

/** d/dβ of the mean NLL of softmax(β · logits): mean over items of E_p[z] − z(label). Rises with β, for the NLL is convex. */
function slope(logits: ArrayLike<number>, labels: Numbers, beta: number): number {
  const classes = logits.length / labels.length;
  let sum = 0;
  for (let item = 0; item < labels.length; item++) {
    const row = item * classes;
    let largest = Number.NEGATIVE_INFINITY;
    for (let c = row; c < row + classes; c++) largest = Math.max(largest, logits[c]!);
    let [weight, moment] = [0, 0];
    for (let c = row; c < row + classes; c++) {
      const p = Math.exp(beta * (logits[c]! - largest));
      weight += p;
      moment += p * (logits[c]! - largest);
    }
    sum += moment / weight - (logits[row + labels[item]!]! - largest);
  }
  return sum / labels.length;
}

/**
 * The temperature T that minimises the NLL of softmax(logits / T), by bisection on ln(1/T) to the last digits.
 * `logits`: items × classes. Source: Guo et al. 2017, §4.2. Errors: SHAPE_MISMATCH, LABEL_INVALID, and OUT_OF_MODEL where
 * no temperature in 10⁻⁴ … 10⁴ is best (every label is the largest logit, or the logits say nothing).
 */
export function fitTemperature(logits: ArrayLike<number>, labels: Numbers): number {
  const classes = logits.length / labels.length;
  if (!Number.isInteger(classes)) {
    throw new MhoError("SHAPE_MISMATCH", {
      what: "logits",
      found: logits.length,
      wanted: `a multiple of ${labels.length} labels`,
    });
  }
  for (let item = 0; item < labels.length; item++) checkLabel(labels[item]!, item, classes);
  let [low, high] = [1 / widest, widest];
  if (!(slope(logits, labels, low) < 0 && slope(logits, labels, high) > 0)) {
    throw new MhoError("OUT_OF_MODEL", { what: "the best temperature", value: "none", range: "10⁻⁴ … 10⁴" });
  }
  while (high / low > 1 + 4 * Number.EPSILON) {
    const middle = Math.sqrt(low * high);
    if (slope(logits, labels, middle) < 0) low = middle;
    else high = middle;
  }
  return 1 / Math.sqrt(low * high);
}
