import { fillNormals, randomStream, streams } from "#calibration";
import { type InputSpec, normalise } from "../model/index.ts";
import type { Activations } from "./net.ts";
import type { Examples } from "./options.ts";

/** Order in which an epoch sees the examples: a uniformly random permutation (Fisher–Yates), addressed by seed and epoch. */
export function shuffled(items: number, seed: number, epoch: number): Uint32Array {
  const order = Uint32Array.from({ length: items }, (_, item) => item);
  const random = randomStream(seed, streams.shuffle, epoch);
  for (let last = items - 1; last > 0; last--) {
    const other = Math.floor(random.uniform() * (last + 1));
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}

/** Puts the chosen images, normalised, into the first layer's inputs, and returns their labels. */
export function loadBatch(
  first: Activations,
  { images, labels }: Examples,
  chosen: { items: Uint32Array; input: InputSpec },
): Int32Array {
  const pixels = images.values.length / images.shape[0]!;
  chosen.items.forEach((item, row) => {
    const raw = images.values.subarray(item * pixels, (item + 1) * pixels);
    first.input.set(normalise(chosen.input, raw), row * (pixels + 1));
  });
  return Int32Array.from(chosen.items, (item) => labels[item]!);
}

/** Draws every layer's noise for one forward pass; `pass` addresses it. */
export function drawNoise(activations: readonly Activations[], seed: number, pass: number): void {
  for (const [layer, { noise }] of activations.entries())
    fillNormals(noise, seed, streams.training, pass, layer);
}
