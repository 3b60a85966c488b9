import { keyWords, type Numbered } from "./device-reads.ts";
import { squared } from "./gemm.ts";
import { type Call, type Engine, int16s, type Job, places } from "./job.ts";
import { floatPanels, type Matrix, padded } from "./panels.ts";
import { scratch } from "./wasm.ts";

/** A crossbar and its converter: codes that each device adds for an input of 1, and their standard deviations in one read. */
export interface ConvertedArray extends Matrix {
  readonly mean: Float32Array;
  readonly sigma: Float32Array;
  /** Lowest and highest code of the converter, int16. */
  readonly low: number;
  readonly high: number;
}

export interface MomentReads extends Numbered {
  /** vectors × rows. Read-out k of vector v has number first + v · repeats + k. */
  readonly inputs: Float32Array;
  readonly repeats: number;
}

export interface Codes {
  /** vectors × repeats × cols. */
  readonly codes: Int16Array;
  /** How many codes lie at either end of the converter. */
  readonly saturated: number;
}

/**
 * Read-outs from the moments of their columns: mean Σ xᵢ mᵢⱼ and variance Σ xᵢ² σᵢⱼ² once a vector, then for each read one
 * draw a column and its ADC code. Exactly the distribution of `deviceReads` for Gaussian noise that is independent
 * between devices, reads and vectors.
 */
export function momentReads(array: ConvertedArray): Engine<MomentReads, Codes> {
  const { rows, cols, low, high } = array;
  const n8 = padded(cols);
  const memory = places(scratch);
  const [key, mean, variance] = [memory.place(16), memory.place(4 * rows * n8), memory.place(4 * rows * n8)];
  const job = (request: MomentReads): Job => {
    const { inputs, repeats, first } = request;
    const vectors = inputs.length / rows;
    const { place } = places(memory.end);
    const [x, xx] = [place(4 * inputs.length), place(4 * inputs.length)];
    const [means, sigmas] = [place(4 * vectors * n8), place(4 * vectors * n8)];
    const bytes = 2 * vectors * repeats * cols;
    const out = place(bytes + 16);
    const calls: Call[] = [
      ["squares", x, xx, inputs.length],
      ["gemm", x, mean, means, vectors, rows, n8],
      ["gemm", xx, variance, sigmas, vectors, rows, n8],
      ["roots", sigmas, vectors * n8],
    ];
    for (let v = 0; v < vectors; v++) {
      const [m, s, to] = [means + 4 * v * n8, sigmas + 4 * v * n8, out + 2 * v * repeats * cols];
      calls.push(["codes", m, s, 0, to, cols, low, high, key, first + v * repeats, repeats]);
    }
    return {
      bytes: out + bytes + 16,
      writes: [
        { at: key, numbers: keyWords(request) },
        { at: x, numbers: inputs },
      ],
      calls,
      read: { at: out, bytes },
    };
  };
  return {
    resident: [
      { at: mean, numbers: floatPanels(array.mean, array) },
      {
        at: variance,
        numbers: floatPanels(squared(array.sigma), array),
      },
    ],
    job,
    answer: ({ bytes, count }) => ({ codes: int16s(bytes), saturated: count }),
  };
}
