import { isWeightLayer, weightShape } from "./model-file.ts";
import type { BayesianModel, Gaussians, WeightLayer } from "./types.ts";

/** Least, middle and greatest of a set of values; the median of an even number is the mean of the middle two. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** The document of `mho import --json`. */
export interface ModelSummary {
  readonly library: string;
  readonly std: string;
  readonly layers: readonly {
    readonly name: string;
    readonly type: WeightLayer["type"];
    /** [out, in], or [out, in, kernel, kernel] for a convolution. */
    readonly shape: readonly number[];
    readonly mean: Spread;
    readonly std: Spread;
    readonly bias: "gaussian" | "point" | "none";
  }[];
  readonly notes: readonly string[];
  /** SHA-256 of the file the weights were read from. */
  readonly sha256: string;
}

function spread(values: Float32Array): Spread {
  const sorted = values.slice().sort();
  const [low, high] = [sorted[(sorted.length - 1) >> 1]!, sorted[sorted.length >> 1]!];
  return { min: sorted[0]!, median: (low + high) / 2, max: sorted[sorted.length - 1]! };
}

function biasKind(bias: Gaussians | undefined): "gaussian" | "point" | "none" {
  if (bias === undefined) return "none";
  return bias.std.some((std) => std > 0) ? "gaussian" : "point";
}

/** What was read, for a person to check before trusting it: library, σ transform, and the weights' figures layer by layer. */
export function summarise(model: BayesianModel): ModelSummary {
  const { library, std, sha256, notes } = model.provenance;
  const layers = model.layers.filter(isWeightLayer).map((layer) => ({
    name: layer.name,
    type: layer.type,
    shape: weightShape(layer),
    mean: spread(layer.weight.mean),
    std: spread(layer.weight.std),
    bias: biasKind(layer.bias),
  }));
  return { library, std, layers, notes, sha256 };
}
