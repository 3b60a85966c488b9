import { keyWords } from "./device-reads.ts";
import { places, write } from "./job.ts";
import { floatPanels, type Matrix, padded } from "./panels.ts";
import { newKernels, scratch } from "./wasm.ts";

/** Two-state devices, rows × cols (each below 65536), row-major, and the numbers their rows are driven with. */
export interface TelegraphArray extends Matrix {
  readonly inputs: Float32Array;
  /** What a device adds to its conductance in the upper state. */
  readonly amplitudes: Float32Array;
  /** Probability that a device goes up, or down, within one step: of the closed two-state law for the step's length. */
  readonly up: Float32Array;
  readonly down: Float32Array;
}

/**
 * Devices in one state after each step; all begin in the lower one. `step` numbers name the random numbers. Sums lie in the
 * kernel's memory: the next step writes over them.
 */
export interface Telegraph {
  /** Steps every device; Σᵢ xᵢ δᵢⱼ of the upper ones, a column each. Faster for probabilities beyond about 0.03. */
  dense(step: number): Float32Array;
  /** Steps by jumps from one device that may flip to the next: the cost goes with the flips. As exact. */
  skip(step: number): { readonly sums: Float64Array; readonly flips: number };
}

const threshold = (p: number): number => Math.min(2 ** 32 - 1, Math.round(p * 2 ** 32));

interface Bucket {
  /** Of each device row and column (upper and lower 16 bits), thresholds for up and down, bits of the amplitude. */
  readonly records: number[];
  /** Greatest probability of a flip. */
  most: number;
}

/** Devices by the octave (2^−(o+1), 2^−o] of their greater probability; none that never flips. */
function octaves({ rows, cols, amplitudes, up, down }: TelegraphArray): Map<number, Bucket> {
  const buckets = new Map<number, Bucket>();
  const bits = new Uint32Array(amplitudes.slice().buffer);
  for (let row = 0, from = 0; row < rows; row++)
    for (let col = 0; col < cols; col++, from++) {
      const most = Math.max(up[from]!, down[from]!);
      if (most === 0) continue;
      const octave = Math.floor(-Math.log2(most));
      const bucket = buckets.get(octave) ?? { records: [], most: 0 };
      bucket.records.push(
        ((row << 16) | col) >>> 0,
        threshold(up[from]!),
        threshold(down[from]!),
        bits[from]!,
      );
      bucket.most = Math.max(bucket.most, most);
      buckets.set(octave, bucket);
    }
  return buckets;
}

function oddsOf({ rows, cols, up, down }: TelegraphArray): Uint32Array {
  const odds = new Uint32Array(2 * rows * padded(cols));
  for (let row = 0, from = 0; row < rows; row++)
    for (let col = 0; col < cols; col++, from++) {
      const at = 2 * (col & ~7) * rows + 16 * row + (col & 7);
      odds[at] = threshold(up[from]!);
      odds[at + 8] = threshold(down[from]!);
    }
  return odds;
}

/**
 * Random telegraph noise of an array, in a kernel memory of its own. Both ways of stepping may be mixed: `skip` goes on from
 * the sums of the step before. Source of the thinning: Lewis and Shedler, Nav. Res. Logist. Q. 26, 403 (1979).
 */
export function telegraph(array: TelegraphArray, seed: number, stream: number): Telegraph {
  const { rows, cols, inputs } = array;
  const n8 = padded(cols);
  const kernels = newKernels();
  const memory = places(scratch);
  const { place } = memory;
  const [key, x, levels, odds] = [place(16), place(4 * rows), place(4 * rows * n8), place(8 * rows * n8)];
  const [amplitudes, out, sums] = [place(4 * rows * n8), place(4 * n8), place(8 * n8)];
  write(kernels, [
    { at: key, numbers: keyWords({ seed, stream }) },
    { at: x, numbers: inputs },
    { at: odds, numbers: oddsOf(array) },
    { at: amplitudes, numbers: floatPanels(array.amplitudes, array) },
  ]);
  kernels.reserve(memory.end);
  const buckets = [...octaves(array)].map(([octave, { records, most }]) => {
    const at = place(4 * records.length);
    write(kernels, [{ at, numbers: Uint32Array.from(records) }]);
    return { at, octave, count: records.length / 4, most, perWait: -1 / Math.log1p(-most) };
  });
  // The memory has grown for the last time.
  const { f32, f64 } = kernels.reserve(0);
  const [outs, totals] = [f32.subarray(out / 4, out / 4 + n8), f64.subarray(sums / 8, sums / 8 + n8)];
  const [denseSums, skipSums] = [outs.subarray(0, cols), totals.subarray(0, cols)];
  return {
    dense: (step) => {
      kernels.telegraphDense(x, levels, odds, amplitudes, out, rows, n8, key, step);
      totals.set(outs);
      return denseSums;
    },
    skip: (step) => {
      let flips = 0;
      for (const { at, octave, count, most, perWait } of buckets) {
        // Octave 0 … 32: apart from the panels' numbers, which `dense` takes for the same step.
        const bucket = 0x8000_0000 + octave;
        flips += kernels.telegraphSkip(x, levels, at, sums, rows, count, most, key, step, bucket, perWait);
      }
      return { sums: skipSums, flips };
    },
  };
}
