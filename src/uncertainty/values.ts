import { MhoError } from "#protocol";
import { checkSampleSet } from "./checks.ts";
import type { Numbers, SampleSet } from "./types.ts";

/** The posterior predictive of a regression: each field items × outputs, in the outputs' own unit. */
export interface PredictiveValues {
  readonly items: number;
  readonly outputs: number;
  readonly mean: Float64Array;
  /** √(aleatoric² + epistemic²). */
  readonly std: Float64Array;
  /** √ of the mean noise variance that the samples predict; 0 where none was given. */
  readonly aleatoric: Float64Array;
  /** Standard deviation (ddof 1) of the outputs over the samples; NaN for one sample. */
  readonly epistemic: Float64Array;
  /** Monte-Carlo standard error of `mean`. */
  readonly meanError: Float64Array;
  /** Monte-Carlo standard error of `epistemic`, by its relative error 1/√(2(S − 1)) for near-Gaussian outputs. */
  readonly epistemicError: Float64Array;
}

/**
 * Mean and spread of a regression's outputs over posterior samples, by the law of total variance:
 * Var y = E[noise variance] (aleatoric) + Var[output] (epistemic). Depeweg et al. 2018, eq. 5.
 * `noise`: variance of the observation noise, shaped like `samples.values`, where the network predicts one.
 */
export function predictiveValues(samples: SampleSet, noise?: ArrayLike<number>): PredictiveValues {
  checkSampleSet(samples);
  if (noise && noise.length !== samples.values.length) {
    throw new MhoError("SHAPE_MISMATCH", {
      what: "noise",
      found: noise.length,
      wanted: samples.values.length,
    });
  }
  const { items, outputs } = samples;
  const each = (): Float64Array => new Float64Array(items * outputs);
  const out = {
    items,
    outputs,
    mean: each(),
    std: each(),
    aleatoric: each(),
    epistemic: each(),
    meanError: each(),
    epistemicError: each(),
  };
  for (let cell = 0; cell < items * outputs; cell++) spreadOf(samples, noise, { cell, out });
  return out;
}

function spreadOf(
  samples: SampleSet,
  noise: ArrayLike<number> | undefined,
  at: { cell: number; out: PredictiveValues },
): void {
  const { samples: count, outputs, values } = samples;
  const { cell, out } = at;
  const start = Math.floor(cell / outputs) * count * outputs + (cell % outputs);
  const end = start + count * outputs;
  let [sum, noiseSum, squares] = [0, 0, 0];
  for (let i = start; i < end; i += outputs) {
    sum += values[i]!;
    noiseSum += noise?.[i] ?? 0;
  }
  const mean = sum / count;
  for (let i = start; i < end; i += outputs) squares += (values[i]! - mean) ** 2;
  const variance = squares / (count - 1);
  out.mean[cell] = mean;
  out.aleatoric[cell] = Math.sqrt(noiseSum / count);
  out.epistemic[cell] = Math.sqrt(variance);
  out.std[cell] = Math.sqrt(noiseSum / count + variance);
  out.meanError[cell] = Math.sqrt(variance / count);
  out.epistemicError[cell] = Math.sqrt(variance / (2 * (count - 1)));
}

/** Mean negative log likelihood of targets under N(mean, std²), in nats. */
export function gaussianNll(mean: Numbers, std: Numbers, targets: Numbers): number {
  let sum = 0;
  for (let i = 0; i < targets.length; i++) {
    sum += Math.log(std[i]!) + ((targets[i]! - mean[i]!) / std[i]!) ** 2 / 2 + Math.log(2 * Math.PI) / 2;
  }
  return sum / targets.length;
}

/** How tight the predictions are, √ mean variance. Source: Gneiting, Balabdaoui and Raftery 2007, as in uncertainty-toolbox. */
export function sharpness(std: Numbers): number {
  let sum = 0;
  for (let i = 0; i < std.length; i++) sum += std[i]! ** 2;
  return Math.sqrt(sum / std.length);
}
