import { keyOf } from "../sfc32.ts";
import { type Engine, float32s, type Job, places } from "./job.ts";
import { devicePanels, type Matrix, padded } from "./panels.ts";
import { scratch } from "./wasm.ts";

/** Where the noise of read-outs lies: read-out r of `count` has number first + r in the stream of the seed. */
export interface Numbered {
  readonly seed: number;
  readonly stream: number;
  readonly first: number;
}

export const keyWords = ({ seed, stream }: Pick<Numbered, "seed" | "stream">): Uint32Array =>
  Uint32Array.of(...keyOf(seed), stream);

/** Devices of a crossbar, rows × cols, row-major: conductance and the standard deviation of one read of it. */
export interface DeviceArray extends Matrix {
  readonly conductance: Float32Array;
  readonly sigma: Float32Array;
  /** Distribution of one read about the conductance; Gaussian unless said. */
  readonly law?: "gaussian" | "laplace";
  /** Whether a device that reads below 0 counts as 0. */
  readonly clip?: boolean;
}

export interface DeviceReads extends Numbered {
  /** One vector of `rows` numbers for all read-outs, or `count` of them. */
  readonly inputs: Float32Array;
  readonly count: number;
}

/**
 * Pairs of devices as one: G⁺ − G⁻ with the variance σ₊² + σ₋². Exactly the difference of the two reads, since both are
 * Gaussian and independent, at half of the draws. Not for clipped reads or Laplace noise.
 */
export function mergedPairs(plus: DeviceArray, minus: DeviceArray): DeviceArray {
  return {
    ...{ rows: plus.rows, cols: plus.cols },
    conductance: plus.conductance.map((g, i) => g - minus.conductance[i]!),
    sigma: plus.sigma.map((s, i) => Math.hypot(s, minus.sigma[i]!)),
  };
}

/**
 * Read-outs with every device drawn for every one: out[r][j] = Σᵢ xᵢ (gᵢⱼ + σᵢⱼ z), z of the array's law, as single-precision sums in the order of i,
 * count × cols. The z of a read-out and of 8 columns have a key of their own, so any read-out may be taken alone, in
 * any order, by any worker.
 */
export function deviceReads(array: DeviceArray): Engine<DeviceReads, Float32Array> {
  const { rows, cols, law } = array;
  const n8 = padded(cols);
  // Laplace numbers come with a standard deviation of √2.
  const [kernel, unit] =
    law === "laplace" ? (["laplaceReads", Math.SQRT1_2] as const) : (["deviceReads", 1] as const);
  const memory = places(scratch);
  const [key, panels] = [memory.place(16), memory.place(8 * rows * n8)];
  const inputsAt = memory.end;
  const job = (request: DeviceReads): Job => {
    const { inputs, first, count } = request;
    const out = inputsAt + ((4 * inputs.length + 15) & ~15);
    const step = inputs.length === rows ? 0 : 4 * rows;
    return {
      bytes: out + 4 * count * n8,
      writes: [
        { at: key, numbers: keyWords(request) },
        { at: inputsAt, numbers: inputs },
      ],
      calls: [
        [kernel, inputsAt, step, panels, out, rows, n8, key, first, count, array.clip ? 1 : 0],
        ...(n8 === cols ? [] : [["unpad", out, out, count, cols, n8] as const]),
      ],
      read: { at: out, bytes: 4 * count * cols },
    };
  };
  return {
    resident: [
      {
        at: panels,
        numbers: devicePanels(
          array.conductance,
          array.sigma.map((s) => s * unit),
          array,
        ),
      },
    ],
    job,
    answer: ({ bytes }) => float32s(bytes),
  };
}
