import { type RandomStream, randomStream, streams } from "#calibration";
import { type BayesianModel, normalise, sizeOf } from "../model/index.ts";

/** How many synthetic images stand in for inputs that nobody gave. */
export const syntheticProbes = 48;

type Texture = (random: RandomStream, rows: number, cols: number) => Float32Array;

const speckle: Texture = (random, rows, cols) =>
  Float32Array.from({ length: rows * cols }, () => random.uniform());

/** Six bright Gaussian spots of a tenth to a quarter of the image's side. */
const spots: Texture = (random, rows, cols) => {
  const image = new Float32Array(rows * cols);
  for (let spot = 0; spot < 6; spot++) {
    const [y, x] = [random.uniform() * rows, random.uniform() * cols];
    const width = (0.1 + 0.15 * random.uniform()) * Math.max(rows, cols);
    for (let i = 0; i < image.length; i++) {
      const square = (Math.floor(i / cols) - y) ** 2 + ((i % cols) - x) ** 2;
      image[i] = Math.min(1, image[i]! + Math.exp(-square / (2 * width * width)));
    }
  }
  return image;
};

/** Three straight strokes on an empty ground, two to three pixels wide. */
const strokes: Texture = (random, rows, cols) => {
  const image = new Float32Array(rows * cols);
  for (let stroke = 0; stroke < 3; stroke++) {
    const [y0, x0, y1, x1] = [rows, cols, rows, cols].map(
      (side) => (0.15 + 0.7 * random.uniform()) * side,
    ) as [number, number, number, number];
    const steps = 4 * Math.ceil(Math.hypot(y1 - y0, x1 - x0)) + 1;
    for (let step = 0; step < steps; step++) {
      const [y, x] = [y0 + ((y1 - y0) * step) / steps, x0 + ((x1 - x0) * step) / steps];
      for (const [dy, dx] of [
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
      ] as const) {
        const [row, col] = [Math.floor(y) + dy, Math.floor(x) + dx];
        if (row < rows && col < cols) image[row * cols + col] = 1;
      }
    }
  }
  return image;
};

const textures = [strokes, spots, speckle];

/** Probe inputs as the first layer sees them, items × inputs, and in words what they are. */
export interface Probes {
  readonly items: number;
  readonly values: Float32Array;
  readonly from: string;
}

/** Inputs drawn within the input's domain: strokes, spots and speckle over 0 … scale for images, standard normals for vectors. */
export function syntheticInputs(model: BayesianModel, seed: number): Probes {
  const { shape, scale } = model.input;
  const size = sizeOf(shape);
  const random = randomStream(seed, streams.posterior);
  const items = syntheticProbes;
  if (shape.length < 2) {
    const values = Float32Array.from({ length: items * size }, () => random.normal());
    return { items, values, from: `${items} synthetic inputs, standard normal after normalisation` };
  }
  const [rows, cols] = shape.slice(-2) as [number, number];
  const raw = new Float32Array(items * size);
  for (let plane = 0; plane < raw.length / (rows * cols); plane++) {
    const texture = textures[plane % textures.length]!;
    raw.set(
      texture(random, rows, cols).map((value) => value * scale),
      plane * rows * cols,
    );
  }
  return {
    items,
    values: normalise(model.input, raw),
    from: `${items} synthetic images (strokes, spots, speckle) over 0 … ${scale}`,
  };
}

const mostProbes = 256;

/**
 * The caller's unlabelled inputs: all, or 256 of them evenly spaced. Where they are few, scales would be too tight for the
 * next ones: synthetic images join them. What vectors may be is not known, so they stay alone.
 */
export function givenInputs(model: BayesianModel, inputs: Float32Array, seed: number): Probes {
  const probes = ownInputs(model, inputs);
  const lacking = syntheticProbes - probes.items;
  if (lacking <= 0 || model.input.shape.length < 2) return probes;
  const synthetic = syntheticInputs(model, seed);
  const values = new Float32Array(synthetic.values.length);
  values.set(probes.values);
  values.set(synthetic.values.subarray(probes.values.length), probes.values.length);
  return { items: syntheticProbes, values, from: `${probes.from} and ${lacking} of ${synthetic.from}` };
}

function ownInputs(model: BayesianModel, inputs: Float32Array): Probes {
  const size = sizeOf(model.input.shape);
  const given = Math.floor(inputs.length / size);
  const items = Math.min(given, mostProbes);
  const values = new Float32Array(items * size);
  for (let k = 0; k < items; k++) {
    const from = Math.floor((k * given) / items) * size;
    values.set(inputs.subarray(from, from + size), k * size);
  }
  return {
    items,
    values,
    from: items === given ? `${items} given inputs` : `${items} of ${given} given inputs`,
  };
}
