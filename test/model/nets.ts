import type { BayesianModel } from "../../src/model/index.ts";

const counted = (count: number, from: number, step: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => from + step * i);

/** A small net of every kind of layer: 1×6×6 → conv 2, pad 1 → ReLU → max pool → average pool → dense 3 → dense 2. */
export const everyLayer: BayesianModel = {
  name: "every-layer",
  input: { shape: [1, 6, 6], scale: 255, mean: 0.5, std: 0.25 },
  layers: [
    {
      type: "conv2d",
      name: "conv",
      inChannels: 1,
      outChannels: 2,
      kernel: 3,
      stride: 1,
      padding: 1,
      weight: { mean: counted(18, -0.5, 0.05), std: counted(18, 0.01, 0.01) },
      bias: { mean: counted(2, 0.1, 0.1), std: new Float32Array(2) },
    },
    { type: "relu" },
    { type: "maxpool", size: 2, stride: 2 },
    { type: "avgpool", size: 3, stride: 1 },
    { type: "flatten" },
    {
      type: "dense",
      name: "hidden",
      inputs: 2,
      outputs: 3,
      weight: { mean: counted(6, -0.2, 0.1), std: counted(6, 0.2, 0.05) },
      bias: { mean: counted(3, 0, 0.1), std: counted(3, 0.1, 0.1) },
    },
    { type: "relu" },
    {
      type: "dense",
      name: "out",
      inputs: 3,
      outputs: 2,
      weight: { mean: counted(6, 1, -0.3), std: counted(6, 0, 0.1) },
    },
  ],
  output: "classes",
  provenance: { library: "by hand", std: "identity", file: "nets.ts", sha256: "", notes: ["made for tests"] },
};
