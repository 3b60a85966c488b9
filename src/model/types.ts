/** A Gaussian over each element: two arrays of one length. `std` 0 is a point value. */
export interface Gaussians {
  readonly mean: Float32Array;
  readonly std: Float32Array;
}

/** outputs × inputs, row by row (torch order). */
export interface DenseLayer {
  readonly type: "dense";
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly weight: Gaussians;
  readonly bias?: Gaussians;
}

/** outChannels × (inChannels · kernel · kernel), row by row (torch order). Images are channel, row, column. */
export interface Conv2dLayer {
  readonly type: "conv2d";
  readonly name: string;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  readonly weight: Gaussians;
  readonly bias?: Gaussians;
}

export type WeightLayer = DenseLayer | Conv2dLayer;
export type Layer =
  | WeightLayer
  | { readonly type: "relu" }
  | { readonly type: "maxpool" | "avgpool"; readonly size: number; readonly stride: number }
  | { readonly type: "flatten" };

/** How raw input values become what the first layer sees: (value / scale − mean) / std. */
export interface InputSpec {
  readonly shape: readonly number[];
  readonly scale: number;
  readonly mean: number;
  readonly std: number;
}

/** Where a model came from, kept with it through map and deployment. */
export interface Provenance {
  readonly library: string;
  /** The transform that made standard deviations, e.g. `softplus(rho)`. */
  readonly std: string;
  readonly file: string;
  readonly sha256: string;
  /** Warnings and choices a reader should know, e.g. that ReLU between dense layers was assumed. */
  readonly notes: readonly string[];
}

/** A trained Bayesian neural network: every weight a mean and a standard deviation. */
export interface BayesianModel {
  readonly name: string;
  readonly input: InputSpec;
  readonly layers: readonly Layer[];
  /** `classes`: outputs are logits. `values`: outputs are a regression. */
  readonly output: "classes" | "values";
  readonly provenance: Provenance;
}
