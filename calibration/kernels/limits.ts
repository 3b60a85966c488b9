import { type Kernels, newKernels, scratch } from "./wasm.ts";

/** What 128-bit instructions can do on this core: to hold kernels against. */
export interface Limits {
  /** Runs `count` × `perStep` four-wide operations, half products and half sums, no latency in sight. */
  multiplyAdd(count: number): void;
  /** Runs `count` × `perStep` dot products of eight 16-bit numbers. */
  dot(count: number): void;
  readonly perStep: number;
}

interface Peaks extends Kernels {
  peakMultiplyAdd(at: number, count: number): void;
  peakDot(at: number, count: number): void;
}

/** In WASM only: what plain TypeScript can do is no limit of the machine. */
export function limits(): Limits {
  const peaks = newKernels("wasm") as Peaks;
  const { f32 } = peaks.reserve(scratch + 256);
  f32.fill(1, scratch / 4, scratch / 4 + 64);
  return {
    multiplyAdd: (count) => peaks.peakMultiplyAdd(scratch, count),
    dot: (count) => peaks.peakDot(scratch, count),
    perStep: 14,
  };
}
