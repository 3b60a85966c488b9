import { squared } from "./gemm.ts";
import type { places, Write } from "./job.ts";
import type { CrossbarLayer } from "./network.ts";
import { codePanels, floatPanels, type Matrix, padded } from "./panels.ts";

/** Codes of 16 bits for a matrix, such that no column sum over inputs up to `high` leaves 32 bits. */
export function quantised(
  matrix: Float32Array,
  { rows, cols }: Matrix,
  high: number,
): { codes: Float32Array; lsb: number } {
  let [most, column] = [0, 0];
  for (let col = 0; col < cols; col++) {
    let sum = 0;
    for (let at = col; at < rows * cols; at += cols) {
      most = Math.max(most, Math.abs(matrix[at]!));
      sum += Math.abs(matrix[at]!);
    }
    column = Math.max(column, sum);
  }
  // Half a code a row is what rounding may add.
  const room = (2 ** 31 - 1) / high - rows / 2;
  const scale = most === 0 ? 1 : Math.min(32_767 / most, room / column);
  return { codes: matrix.map((value) => value * scale), lsb: 1 / scale };
}

/** A layer in a kernel memory: addresses of its numbers, and what one code of its panels is worth. */
export interface PlacedLayer {
  readonly layer: CrossbarLayer;
  readonly n8: number;
  readonly key: number;
  readonly mean: number;
  readonly variance: number;
  readonly bias: number;
  readonly lsb: readonly [mean: number, variance: number];
}

/** Puts a layer's numbers into the memory: floats where its inputs are numbers, 16-bit codes where they are codes up to `high`. */
export function placeLayer(
  layer: CrossbarLayer,
  { place }: ReturnType<typeof places>,
  high: number | undefined,
): { placed: PlacedLayer; writes: Write[] } {
  const squares = squared(layer.sigma);
  const bias = new Float32Array(padded(layer.cols));
  bias.set(layer.bias);
  const put = (numbers: Float32Array | Int16Array): Write => ({ at: place(numbers.byteLength), numbers });
  const [mean, variance] = [
    quantised(layer.mean, layer, high ?? 1),
    quantised(squares, layer, (high ?? 1) ** 2),
  ];
  const writes =
    high === undefined
      ? [put(floatPanels(layer.mean, layer)), put(floatPanels(squares, layer)), put(bias)]
      : [put(codePanels(mean.codes, layer)), put(codePanels(variance.codes, layer)), put(bias)];
  const [meanAt, varianceAt, biasAt] = writes.map(({ at }) => at) as [number, number, number];
  const addresses = { key: place(16), mean: meanAt, variance: varianceAt, bias: biasAt };
  return { placed: { layer, n8: bias.length, ...addresses, lsb: [mean.lsb, variance.lsb] }, writes };
}
