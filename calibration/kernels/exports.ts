/** Memory of a kernel instance. */
export interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

type Numbers<N extends number, T extends number[] = []> = T["length"] extends N
  ? T
  : Numbers<N, [...T, number]>;
type Kernel<N extends number, Result = void> = (...given: Numbers<N>) => Result;

/**
 * The kernels, on byte addresses: what each does stands in assembly/, what gives the same bits in mirror/.
 * Every row of columns is padded to `n8`, a multiple of 8.
 */
export interface Exports {
  readonly memory: Memory;
  /** state, key, a, b */
  readonly keyed: Kernel<4>;
  /** out, count, state */
  readonly normals: Kernel<3>;
  /** out, count, state */
  readonly laplaces: Kernel<3>;
  /** b, panels, k, n */
  readonly pack: Kernel<4>;
  /** a, panels, out, m, k, n8 */
  readonly gemm: Kernel<6>;
  /** from, to, m, n, n8 */
  readonly unpad: Kernel<5>;
  /** a, panels, out, m, k, n8 */
  readonly gemm16: Kernel<6>;
  /** codes, m, k, places → count */
  readonly driven: Kernel<4, number>;
  /** codes, m, k, places, count, out */
  readonly drivenCodes: Kernel<6>;
  /** panels, k, n8, places, count, out */
  readonly drivenPanels: Kernel<6>;
  /** x, step, panels, out, rows, n8, key, first, count, clip */
  readonly deviceReads: Kernel<10>;
  /** as deviceReads */
  readonly laplaceReads: Kernel<10>;
  /** mean, sigma, step, out, columns, low, high, key, first, count → saturated */
  readonly codes: Kernel<10, number>;
  /** codes, out, count, scale */
  readonly widened: Kernel<4>;
  /** codes, out, count, scale */
  readonly squares16: Kernel<4>;
  /** sums, count, scale */
  readonly floated: Kernel<3>;
  /** a, b, out, count */
  readonly multiplied: Kernel<4>;
  /** mean, variance, fourth, gain, offset, effective, rows, n8 */
  readonly columnMoments: Kernel<8>;
  /** variance, bound, factor, rows, n8, out */
  readonly coarse: Kernel<6>;
  /** mean, gaussian, laplace, repeat, repeats, out, columns, low, high, draws, first, count → saturated */
  readonly momentCodes: Kernel<12, number>;
  /** mean, gaussian, laplace, repeat, repeats, out, columns, draws, first, count */
  readonly momentLines: Kernel<10>;
  /** lines, gain, offset, rows, n8 */
  readonly amplified: Kernel<5>;
  /** lines, out, rows, columns, low, high → saturated */
  readonly lineCodes: Kernel<6, number>;
  /** codes, rows, columns, sums, squares */
  readonly tallied: Kernel<5>;
  /** codes, repeat, repeats, columns, devices, signs, sums, line, count */
  readonly signedSums: Kernel<9>;
  /** sums, scale, bias, offset, totals, rows, n8 */
  readonly scaledSums: Kernel<7>;
  /** variance, floor, rows, n8 → short */
  readonly deviations: Kernel<4, number>;
  /** values, out, rows, columns, relu, low, high → cut */
  readonly requantised: Kernel<7, number>;
  /** mean, variance, count, meanScale, varianceScale */
  readonly moments16: Kernel<5>;
  /** from, to, count */
  readonly squares: Kernel<3>;
  /** variance, count */
  readonly roots: Kernel<2>;
  /** codes, bias, gain, high, out, squares, rows, n8 */
  readonly activations: Kernel<8>;
  /** codes, bias, gain, out, rows, n8 */
  readonly outputs: Kernel<6>;
  /** logits, step, classes, samples, out, work */
  readonly posterior: Kernel<6>;
  /** out, g0, nu, count, lnAge */
  readonly drift: Kernel<5>;
  /** x, levels, odds, amplitudes, out, rows, n8, key, number */
  readonly telegraphDense: Kernel<9>;
  /** x, levels, devices, sums, rows, count, most, key, number, bucket, perWait → flips */
  readonly telegraphSkip: Kernel<11, number>;
}

/** Names of the kernels. */
export type KernelName = Exclude<keyof Exports, "memory">;

/** A kernel memory through every type the kernels use. */
export interface Views {
  readonly f32: Float32Array;
  readonly f64: Float64Array;
  readonly i32: Int32Array;
  readonly u32: Uint32Array;
  readonly i16: Int16Array;
  readonly u8: Uint8Array;
}

/** Views of the buffer a memory has now: growing takes earlier ones away. */
export function viewsOf(memory: Memory): () => Views {
  let views: Views | undefined;
  return () => {
    const { buffer } = memory;
    if (views?.u8.buffer !== buffer)
      views = {
        f32: new Float32Array(buffer),
        f64: new Float64Array(buffer),
        i32: new Int32Array(buffer),
        u32: new Uint32Array(buffer),
        i16: new Int16Array(buffer),
        u8: new Uint8Array(buffer),
      };
    return views;
  };
}
