import { type Kernels, kernels, scratch } from "./kernels/wasm.ts";
import { type Address, keyOf } from "./sfc32.ts";

/** Numbers a kernel makes in one call: as many as stay in the L1 cache. */
const block = 4096;
const [state, key, numbers] = [scratch, scratch + 64, scratch + 80];

type Law = "normals" | "laplaces";

/** Fills `out` with numbers of the law by these kernels. */
export function fillBy(by: Kernels, law: Law, out: Float32Array, at: Address): void {
  const { f32, u32 } = by.reserve(numbers + 4 * block);
  u32.set([...keyOf(at.seed), at.stream], key / 4);
  by.keyed(state, key, at.a, at.b);
  for (let done = 0; done < out.length; done += block) {
    const count = Math.min(block, out.length - done);
    by[law](numbers, count, state);
    out.set(f32.subarray(numbers / 4, numbers / 4 + count), done);
  }
}

/**
 * Fills `out` with independent standard normals, |z| ≤ 6.66, addressed by (seed, stream, a, b): the same numbers
 * whenever and wherever it is asked. A shorter array holds the beginning of a longer one.
 * Four sfc32 lanes keyed by Philox4x32-10, then Box–Muller in f32 without fused steps: by a WASM SIMD kernel, or by its
 * mirror with the same bits.
 */
export function fillNormals(out: Float32Array, seed: number, stream: number, a = 0, b = 0): void {
  fillBy(kernels, "normals", out, { seed, stream, a, b });
}

/** As `fillNormals`, with the Laplace density exp(−|x|)/2: mean 0, standard deviation √2, |x| ≤ 22.2. */
export function fillLaplaces(out: Float32Array, seed: number, stream: number, a = 0, b = 0): void {
  fillBy(kernels, "laplaces", out, { seed, stream, a, b });
}
