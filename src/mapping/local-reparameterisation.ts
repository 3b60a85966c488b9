import { fillNormals } from "#calibration";
import type { Stage } from "./stages.ts";

/** Where the random numbers of a draw come from. */
export interface Chance {
  readonly seed: number;
  readonly stream: number;
}

/**
 * What a layer's outputs are drawn from: y = mean + bias + std·ε, ε fresh for each item, sample, patch and output.
 * Vectors are items × patches where all samples of an item share them (`shared`, the first layer), else items × samples ×
 * patches.
 */
export interface Drawn {
  readonly stage: Pick<Stage, "index" | "outputs" | "patches">;
  readonly items: number;
  readonly samples: number;
  readonly shared: boolean;
  /** Number of the first item in its run: it addresses ε, so that a batch may be cut anywhere. */
  readonly firstItem: number;
  /** Vectors × `groups` × `average` × outputs; the `average` values of a group make one sample. */
  readonly means: Float32Array;
  /** Samples that lie in `means` for one vector: `samples` where each was read on its own, 1 where they are the same. */
  readonly groups: number;
  readonly average: number;
  /** Vectors × outputs. */
  readonly std: Float32Array;
  readonly bias: Float32Array | undefined;
}

/** Adds to what ε·1 gave at one vector: a row of `outputs` values, `patches` apart in `into`. */
function drawVector(
  drawn: Drawn,
  into: Float32Array,
  at: { vector: number; group: number; to: number },
): void {
  const { means, std, bias, average, groups } = drawn;
  const { outputs, patches } = drawn.stage;
  const from = (at.vector * groups + at.group) * average * outputs;
  const row = at.vector * outputs;
  for (let j = 0; j < outputs; j++) {
    let mean = means[from + j]!;
    for (let r = 1; r < average; r++) mean += means[from + r * outputs + j]!;
    const to = at.to + j * patches;
    into[to] = mean / average + (bias === undefined ? 0 : bias[j]!) + std[row + j]! * into[to]!;
  }
}

/**
 * One draw of a layer's outputs at each item and sample, items × samples × outputs × patches (images lie channel first).
 *
 *   yⱼ = Σᵢ xᵢ µᵢⱼ + bⱼ + √(Σᵢ xᵢ² σᵢⱼ² + σ²_bⱼ) · ε
 *
 * has the law of Σᵢ xᵢ wᵢⱼ for independent Gaussian weights that are drawn anew for each input vector, a patch of a
 * convolution too. Source: local reparameterisation, Kingma, Salimans & Welling (2015), eq. 6. Measured against weights
 * shared by all images: papers.md §14.6, no difference in accuracy or AUROC.
 */
export function drawOutputs(drawn: Drawn, { seed, stream }: Chance): Float32Array {
  const { items, samples, shared, groups } = drawn;
  const { index, outputs, patches } = drawn.stage;
  const image = outputs * patches;
  const values = new Float32Array(items * samples * image);
  for (let item = 0; item < items; item++) {
    const start = item * samples * image;
    fillNormals(values.subarray(start, start + samples * image), seed, stream, index, drawn.firstItem + item);
    for (let patch = 0; patch < patches; patch++) {
      for (let sample = 0; sample < samples; sample++) {
        const vector = shared ? item * patches + patch : (item * samples + sample) * patches + patch;
        const group = groups > 1 ? sample : 0;
        drawVector(drawn, values, { vector, group, to: start + sample * image + patch });
      }
    }
  }
  return values;
}
