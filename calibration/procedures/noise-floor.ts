import { type Area, type CrossbarBoard, type Seconds, siemens } from "#protocol";
import type { DeviceModel } from "../device-model.ts";
import { randomStream, streams } from "../random.ts";

/** An area with what its cells hold, rows × cols, in siemens, and the ADC range it is used in. */
export interface HeldArea {
  readonly area: Area;
  readonly range: number;
  readonly conductances: Float32Array;
}
export interface NoiseFloorOptions {
  readonly device: DeviceModel;
  readonly age: Seconds;
  /** Random probe vectors an area, and read-outs of each. */
  readonly vectors?: number;
  readonly repeats?: number;
  readonly seed?: number;
  readonly signal?: AbortSignal | undefined;
}
/** Variance of a column current over read-outs of one input, in A², mean over columns and probe vectors. */
export interface NoiseFloor {
  readonly measured: number;
  /** Σ V² σ²_read(G) + lsb²/12, from the device law and the converter. */
  readonly predicted: number;
  /** Standard error of `measured` / `predicted`, for near-Gaussian sums: √(2 / degrees of freedom). */
  readonly error: number;
}

/** Share of the ADC range that the largest probe current is scaled to, where it would be larger. */
const filling = 0.8;

/** Random codes, vectors × rows, small enough that no column of the area leaves four fifths of the range. */
function probeCodes(
  board: CrossbarBoard,
  { area, range, conductances }: HeldArea,
  vectors: number,
  seed: number,
): Int16Array {
  const { dac, adc, limits } = board.descriptor;
  const random = randomStream(seed, streams.posterior, area.tile, (area.row << 16) | area.col);
  const top = Math.min(dac.max, Math.floor((limits.readVoltage / dac.lsb) * (1 + 1e-6)));
  const bottom = Math.max(dac.min, -top);
  const drive = Float64Array.from(
    { length: vectors * area.rows },
    () => bottom + (top - bottom) * random.uniform(),
  );
  let largest = 0;
  for (let v = 0; v < vectors; v++) {
    for (let c = 0; c < area.cols; c++) {
      let current = 0;
      for (let r = 0; r < area.rows; r++)
        current += drive[v * area.rows + r]! * conductances[r * area.cols + c]!;
      largest = Math.max(largest, Math.abs(current * dac.lsb));
    }
  }
  const share = Math.min(1, (filling * adc.ranges[range]!) / (largest || 1));
  return Int16Array.from(drive, (code) => Math.round(code * share));
}

/** Mean over vectors and columns of the unbiased variance over repeats, in codes². */
function varianceOf(
  codes: Int16Array,
  { vectors, repeats, cols }: { vectors: number; repeats: number; cols: number },
): number {
  let total = 0;
  for (let v = 0; v < vectors; v++) {
    for (let c = 0; c < cols; c++) {
      const at = (r: number): number => codes[(v * repeats + r) * cols + c]!;
      let mean = 0;
      for (let r = 0; r < repeats; r++) mean += at(r) / repeats;
      for (let r = 0; r < repeats; r++) total += (at(r) - mean) ** 2 / (repeats - 1);
    }
  }
  return total / (vectors * cols);
}

function predictedFor(
  board: CrossbarBoard,
  { area, range, conductances }: HeldArea,
  codes: Int16Array,
  { device, age }: NoiseFloorOptions,
): number {
  const { dac, adc } = board.descriptor;
  const perRow = new Float64Array(area.rows);
  conductances.forEach((g, cell) => {
    perRow[Math.floor(cell / area.cols)]! += device.readSigma(siemens(g), age) ** 2 / area.cols;
  });
  const vectors = codes.length / area.rows;
  const cells =
    codes.reduce((sum, code, k) => sum + (code * dac.lsb) ** 2 * perRow[k % area.rows]!, 0) / vectors;
  const lsb = adc.ranges[range]! / 2 ** (adc.bits - 1);
  return cells + lsb ** 2 / 12;
}

/**
 * Read-out noise of some areas as the board shows it, beside what the device law predicts: random input vectors, each read
 * `repeats` times, and the variance over the repeats. Errors: what the board rejects with.
 */
export async function noiseFloor(
  board: CrossbarBoard,
  areas: readonly HeldArea[],
  options: NoiseFloorOptions,
): Promise<NoiseFloor[]> {
  const { vectors = 4, repeats = 64, seed = 1, signal } = options;
  const { bits, ranges } = board.descriptor.adc;
  return Promise.all(
    areas.map(async (held): Promise<NoiseFloor> => {
      const { area, range } = held;
      const codes = probeCodes(board, held, vectors, seed);
      const request = { area, range, codes, vectors, repeats, firstSample: 0, ...(signal ? { signal } : {}) };
      const report = await board.readOut(request);
      const lsb = ranges[range]! / 2 ** (bits - 1);
      const measured = varianceOf(report.codes, { vectors, repeats, cols: area.cols }) * lsb ** 2;
      const error = Math.sqrt(2 / (vectors * area.cols * (repeats - 1)));
      return { measured, predicted: predictedFor(board, held, codes, options), error };
    }),
  );
}
