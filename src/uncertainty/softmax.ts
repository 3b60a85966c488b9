import { MhoError } from "#protocol";
import type { SampleSet } from "./types.ts";

/** Softmax of one item's logits and its logarithm, each samples × classes. */
export interface Softmaxed {
  readonly probabilities: Float64Array;
  readonly logs: Float64Array;
}

/** Softmax over the classes of every sample of one item, shifted by the largest logit so that nothing overflows. */
export function softmaxInto({ values, samples, outputs }: SampleSet, item: number, out: Softmaxed): void {
  const from = item * samples * outputs;
  for (let row = 0; row < samples * outputs; row += outputs) {
    let largest = Number.NEGATIVE_INFINITY;
    for (let c = row; c < row + outputs; c++) largest = Math.max(largest, values[from + c]!);
    let sum = 0;
    for (let c = row; c < row + outputs; c++) {
      const p = Math.exp(values[from + c]! - largest);
      out.probabilities[c] = p;
      sum += p;
    }
    if (!Number.isFinite(sum))
      throw new MhoError("NOT_A_QUANTITY", { value: largest, unit: `logits (item ${item})` });
    const logSum = Math.log(sum);
    for (let c = row; c < row + outputs; c++) {
      out.probabilities[c]! /= sum;
      out.logs[c] = values[from + c]! - largest - logSum;
    }
  }
}
