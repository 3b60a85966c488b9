import { streams } from "#calibration";
import { itemsIn, networkOf, propagate } from "../mapping/index.ts";
import type { BayesianModel } from "../model/index.ts";
import { requireSamples } from "./checks.ts";
import type { PosteriorSamples } from "./types.ts";

/** Items that are sampled together: bounds memory, changes no number. */
const batch = 8;

/**
 * Posterior samples in floating point, without a board: what a board's samples are compared with. Same rule as on a board
 * (weights drawn anew for each item, sample and patch), exact means and variances. `images` are items × inputs, normalised.
 * Errors: SHAPE_MISMATCH, NOT_A_QUANTITY (an input that is not finite), OPTION_INVALID.
 */
export function referenceSamples(
  model: BayesianModel,
  images: Float32Array,
  samples: number,
  seed: number,
): PosteriorSamples {
  const network = networkOf(model);
  const { inputs: size, outputs } = network;
  const items = itemsIn("the input", images, size);
  requireSamples(samples);
  const values = new Float32Array(items * samples * outputs);
  for (let firstItem = 0; firstItem < items; firstItem += batch) {
    const count = Math.min(batch, items - firstItem);
    const own = images.subarray(firstItem * size, (firstItem + count) * size);
    values.set(
      propagate(network, own, count, { samples, seed, stream: streams.reference, firstItem }),
      firstItem * samples * outputs,
    );
  }
  const drawn =
    items * samples * network.stages.reduce((sum, stage) => sum + stage.patches * stage.outputs, 0);
  return { items, samples, outputs, values, readOuts: 0, saturated: 0, clipped: 0, drawn, short: 0 };
}
