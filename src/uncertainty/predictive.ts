import { checkSampleSet } from "./checks.ts";
import { averageItem, divergeItem, scratchFor, splitItem, voteItem } from "./predictive-item.ts";
import { softmaxInto } from "./softmax.ts";
import type { SampleSet } from "./types.ts";

/** The posterior predictive of each item; every field but `probabilities` holds one value an item. Natural logarithms. */
export interface Predictive {
  readonly items: number;
  readonly classes: number;
  readonly samples: number;
  /** items × classes: p̄, the mean of the samples' softmax. */
  readonly probabilities: Float64Array;
  /** items × classes: Monte-Carlo standard error of p̄. */
  readonly probabilityErrors: Float64Array;
  /** Class of the largest p̄; the first of equals. */
  readonly label: Int32Array;
  /** H[p̄]: total uncertainty, 0 … ln classes. */
  readonly predictiveEntropy: Float64Array;
  /** Mean over samples of H[p]: aleatoric uncertainty. */
  readonly softmaxEntropy: Float64Array;
  /** H[p̄] − mean H[p]: epistemic uncertainty, 0 … min(ln samples, ln classes). Biased low: see `entropyBias`. */
  readonly mutualInformation: Float64Array;
  readonly predictiveEntropyError: Float64Array;
  readonly softmaxEntropyError: Float64Array;
  readonly mutualInformationError: Float64Array;
  /** How far H[p̄] and the mutual information lie low, on average, because p̄ is a mean of few samples (at least 0). */
  readonly entropyBias: Float64Array;
  /** 1 − share of the samples that vote for the most voted class. */
  readonly variationRatio: Float64Array;
  /** Share of the pairs of samples that vote for different classes. */
  readonly disagreement: Float64Array;
  /** Mean of KL(pᵢ ‖ pⱼ) over the ordered pairs of different samples. */
  readonly pairwiseDivergence: Float64Array;
}

function emptyPredictive({ items, samples, outputs }: SampleSet): Predictive {
  const each = (): Float64Array => new Float64Array(items);
  return {
    items,
    classes: outputs,
    samples,
    probabilities: new Float64Array(items * outputs),
    probabilityErrors: new Float64Array(items * outputs),
    label: new Int32Array(items),
    predictiveEntropy: each(),
    softmaxEntropy: each(),
    mutualInformation: each(),
    predictiveEntropyError: each(),
    softmaxEntropyError: each(),
    mutualInformationError: each(),
    entropyBias: each(),
    variationRatio: each(),
    disagreement: each(),
    pairwiseDivergence: each(),
  };
}

/**
 * Posterior predictive and its uncertainty from samples of logits.
 *
 * p̄ = mean pₛ; total H[p̄]; aleatoric mean H[pₛ]; epistemic MI = H[p̄] − mean H[pₛ] = mean KL(pₛ ‖ p̄)
 * (Depeweg et al. 2018, eq. 2; Mukhoti et al., arXiv 2102.11582). Standard errors by the delta method, for independent
 * samples: with aₛ = −Σ pₛ ln p̄ the first-order influence of sample s on H[p̄] is aₛ, on MI it is aₛ − H[pₛ] = KL(pₛ ‖ p̄),
 * so each error is sd/√S of these (ddof 1). Where samples are correlated, multiply by √(S / effectiveSamples).
 * The bias is the second-order term of the same expansion, Σ Var(p_c) / (2 S p̄_c); Miller (1955) is its one-hot case.
 * One sample says nothing about spread: the errors, the bias and the pairwise figures are then NaN.
 */
export function predictive(samples: SampleSet): Predictive {
  checkSampleSet(samples);
  const out = emptyPredictive(samples);
  const scratch = scratchFor(samples);
  for (let item = 0; item < samples.items; item++) {
    softmaxInto(samples, item, scratch);
    averageItem(out, item, scratch);
    splitItem(out, item, scratch);
    voteItem(out, item, scratch);
    divergeItem(out, item, scratch);
  }
  return out;
}
