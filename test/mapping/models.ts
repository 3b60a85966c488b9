import { randomStream } from "#calibration";
import type { BayesianModel, Gaussians, Layer } from "../../src/model/index.ts";

/** Means N(0, scale²) and standard deviations uniform over 0.5 … 1.5 times `std`. */
export function gaussians(
  length: number,
  { seed, scale = 1, std = 0.1 }: { seed: number; scale?: number; std?: number },
): Gaussians {
  const random = randomStream(seed, 999);
  const mean = Float32Array.from({ length }, () => scale * random.normal());
  return { mean, std: Float32Array.from({ length }, () => std * (0.5 + random.uniform())) };
}

export function modelOf(layers: readonly Layer[], shape: readonly number[]): BayesianModel {
  const provenance = { library: "test", std: "identity", file: "", sha256: "", notes: [] };
  return { name: "test", input: { shape, scale: 1, mean: 0, std: 1 }, layers, output: "values", provenance };
}

/** A stack of dense layers with ReLU between them. */
export function denseModel(
  widths: readonly number[],
  { seed = 1, std = 0.1, bias = true }: { seed?: number; std?: number; bias?: boolean } = {},
): BayesianModel {
  const layers = widths.slice(1).flatMap((outputs, k): Layer[] => {
    const inputs = widths[k]!;
    const weight = gaussians(inputs * outputs, {
      seed: 10 * seed + k,
      scale: 1 / Math.sqrt(inputs),
      std: std / Math.sqrt(inputs),
    });
    const dense = { type: "dense", name: `fc${k + 1}`, inputs, outputs, weight } as const;
    const biased = bias
      ? { ...dense, bias: gaussians(outputs, { seed: 10 * seed + 5 + k, scale: 0.3, std }) }
      : dense;
    return k === 0 ? [biased] : [{ type: "relu" }, biased];
  });
  return modelOf(layers, [widths[0]!]);
}

/** Convolution, ReLU, pooling, flatten, dense, on 1×8×8 images. */
export function convModel(seed = 1): BayesianModel {
  const conv = gaussians(3 * 9, { seed, scale: 0.4, std: 0.1 });
  const dense = gaussians(48 * 4, { seed: seed + 1, scale: 0.2, std: 0.05 });
  return modelOf(
    [
      {
        type: "conv2d",
        name: "conv",
        inChannels: 1,
        outChannels: 3,
        kernel: 3,
        stride: 1,
        padding: 1,
        weight: conv,
        bias: gaussians(3, { seed: seed + 2 }),
      },
      { type: "relu" },
      { type: "maxpool", size: 2, stride: 2 },
      { type: "flatten" },
      {
        type: "dense",
        name: "fc",
        inputs: 48,
        outputs: 4,
        weight: dense,
        bias: gaussians(4, { seed: seed + 3 }),
      },
    ],
    [1, 8, 8],
  );
}

/** Standard normal inputs, items × size. */
export function inputs(items: number, size: number, seed = 3): Float32Array {
  const random = randomStream(seed, 998);
  return Float32Array.from({ length: items * size }, () => random.normal());
}
