import { MhoError } from "#protocol";
import type { Conv2dLayer, InputSpec, Layer } from "./types.ts";

type Pool = Extract<Layer, { readonly type: "maxpool" | "avgpool" }>;

/** Channels, rows, columns of an image; images lie channel by channel, row by row. */
export type ImageShape = readonly [channels: number, rows: number, cols: number];

/** Number of values in an array of this shape. */
export const sizeOf = (shape: readonly number[]): number =>
  shape.reduce((product, length) => product * length, 1);

const written = (shape: readonly number[]): string => shape.join("×");

/** Which of `count` windows of this size and stride fit: ⌊(length + 2·padding − size) / stride⌋ + 1, as torch counts. */
const windows = (
  length: number,
  { size, stride, padding }: { size: number; stride: number; padding: number },
): number => Math.floor((length + 2 * padding - size) / stride) + 1;

function imageShape(what: string, shape: readonly number[]): ImageShape {
  const [channels, rows, cols] = shape;
  if (shape.length !== 3)
    throw new MhoError("SHAPE_MISMATCH", {
      what,
      found: written(shape),
      wanted: "channels × rows × columns",
    });
  return [channels!, rows!, cols!];
}

function slid(
  what: string,
  [channels, rows, cols]: ImageShape,
  window: { size: number; stride: number; padding: number },
): ImageShape {
  const out: ImageShape = [channels, windows(rows, window), windows(cols, window)];
  if (out[1] < 1 || out[2] < 1) {
    const wanted = `at least ${window.size - 2 * window.padding} rows and columns`;
    throw new MhoError("SHAPE_MISMATCH", { what, found: written([channels, rows, cols]), wanted });
  }
  return out;
}

/** How many items of `shape` a batch holds. Errors: SHAPE_MISMATCH where it is no whole number. */
function itemsIn(what: string, shape: readonly number[], values: ArrayLike<number>): number {
  const items = values.length / sizeOf(shape);
  if (Number.isInteger(items)) return items;
  throw new MhoError("SHAPE_MISMATCH", {
    what,
    found: `${values.length} values`,
    wanted: `items of ${written(shape)}`,
  });
}

const window = (layer: Conv2dLayer | Pool): { size: number; stride: number; padding: number } =>
  layer.type === "conv2d"
    ? { size: layer.kernel, stride: layer.stride, padding: layer.padding }
    : { size: layer.size, stride: layer.stride, padding: 0 };

/** Shape of what a layer gives for one input of `shape`. Errors: SHAPE_MISMATCH. */
export function outputShape(layer: Layer, shape: readonly number[]): number[] {
  switch (layer.type) {
    case "relu":
      return [...shape];
    case "flatten":
      return [sizeOf(shape)];
    case "maxpool":
    case "avgpool":
      return [
        ...slid(
          `the input of a ${layer.type}`,
          imageShape(`the input of a ${layer.type}`, shape),
          window(layer),
        ),
      ];
    case "dense": {
      const fits = shape.length === 1 && shape[0] === layer.inputs;
      if (!fits)
        throw new MhoError("SHAPE_MISMATCH", {
          what: `the input of ${layer.name}`,
          found: written(shape),
          wanted: `${layer.inputs}`,
        });
      return [layer.outputs];
    }
    case "conv2d": {
      const what = `the input of ${layer.name}`;
      const image = imageShape(what, shape);
      if (image[0] !== layer.inChannels)
        throw new MhoError("SHAPE_MISMATCH", {
          what,
          found: written(shape),
          wanted: `${layer.inChannels} channels`,
        });
      const [, rows, cols] = slid(what, image, window(layer));
      return [layer.outChannels, rows, cols];
    }
    default:
      return layer satisfies never;
  }
}

/**
 * Raw input values → what the first layer sees: (value / scale − mean) / std, item after item.
 * Errors: SHAPE_MISMATCH where `raw` is no whole number of items.
 */
export function normalise(input: InputSpec, raw: ArrayLike<number>): Float32Array {
  itemsIn("the input", input.shape, raw);
  const gain = 1 / (input.scale * input.std);
  const shift = input.mean / input.std;
  const out = new Float32Array(raw.length);
  for (let i = 0; i < out.length; i++) out[i] = raw[i]! * gain - shift;
  return out;
}

/** max(x, 0) of each value; NaN stays NaN. Give `out = values` to work in place. */
export function relu(values: Float32Array, out = new Float32Array(values.length)): Float32Array {
  for (let i = 0; i < values.length; i++) out[i] = Math.max(0, values[i]!);
  return out;
}

/**
 * Largest value or mean of each window of a batch of images (items × channels × rows × columns). Windows that would hang over
 * the edge are left out, as in torch with ceil_mode off. Errors: SHAPE_MISMATCH.
 */
export function pool(layer: Pool, shape: readonly number[], values: Float32Array): Float32Array {
  const what = `the input of a ${layer.type}`;
  const [channels, rows, cols] = imageShape(what, shape);
  const [, outRows, outCols] = outputShape(layer, shape) as unknown as ImageShape;
  const planes = itemsIn(what, shape, values) * channels;
  const out = new Float32Array(planes * outRows * outCols);
  const { size, stride } = layer;
  const mean = layer.type === "avgpool";
  let to = 0;
  for (let plane = 0; plane < planes; plane++) {
    for (let row = 0; row < outRows; row++) {
      for (let col = 0; col < outCols; col++) {
        let from = (plane * rows + row * stride) * cols + col * stride;
        let kept = mean ? 0 : -Infinity;
        for (let y = 0; y < size; y++, from += cols) {
          for (let x = 0; x < size; x++)
            kept = mean ? kept + values[from + x]! : Math.max(kept, values[from + x]!);
        }
        out[to++] = mean ? kept / (size * size) : kept;
      }
    }
  }
  return out;
}

/** Images already lie as one row of values each: the shape changes, the values stay. */
export const flatten = (values: Float32Array): Float32Array => values;

/**
 * The patches a convolution looks at, as rows that its weight matrix multiplies: (items · outRows · outCols) rows of
 * inChannels · kernel · kernel values, in the order of the weights (channel, row, column); padding is 0. A convolution is then
 * patches · weightᵀ (Chellapilla et al. 2006), and each patch is one input vector of a crossbar. Errors: SHAPE_MISMATCH.
 */
export function im2col(layer: Conv2dLayer, shape: readonly number[], values: Float32Array): Float32Array {
  const [channels, rows, cols] = imageShape(`the input of ${layer.name}`, shape);
  const [, outRows, outCols] = outputShape(layer, shape) as unknown as ImageShape;
  const { kernel, stride, padding } = layer;
  const items = itemsIn(`the input of ${layer.name}`, [channels, rows, cols], values);
  const taps = kernel * kernel;
  const patch = channels * taps;
  const out = new Float32Array(items * outRows * outCols * patch);
  let to = 0;
  for (let item = 0; item < items; item++) {
    for (let outRow = 0; outRow < outRows; outRow++) {
      const top = outRow * stride - padding;
      const [y0, y1] = [Math.max(0, -top), Math.min(kernel, rows - top)];
      for (let outCol = 0; outCol < outCols; outCol++, to += patch) {
        const left = outCol * stride - padding;
        const x0 = Math.max(0, -left);
        const width = Math.min(kernel, cols - left) - x0;
        for (let channel = 0; channel < channels; channel++) {
          let from = ((item * channels + channel) * rows + top + y0) * cols + left + x0;
          let at = to + channel * taps + y0 * kernel + x0;
          for (let y = y0; y < y1; y++, from += cols, at += kernel) {
            for (let x = 0; x < width; x++) out[at + x] = values[from + x]!;
          }
        }
      }
    }
  }
  return out;
}

/**
 * What a convolution gives patch by patch (items × positions × channels) → images (items × channels × positions).
 * `channels` and `positions` = outRows · outCols are those of one item.
 */
export function channelsFirst(values: Float32Array, channels: number, positions: number): Float32Array {
  const out = new Float32Array(values.length);
  const size = channels * positions;
  for (let start = 0; start < values.length; start += size) {
    for (let position = 0; position < positions; position++) {
      const from = start + position * channels;
      for (let channel = 0; channel < channels; channel++)
        out[start + channel * positions + position] = values[from + channel]!;
    }
  }
  return out;
}
