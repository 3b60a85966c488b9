import { expect } from "vitest";
import { type Kernels, newKernels, scratch } from "../../calibration/kernels/wasm.ts";

/** Numbers of kernels' arguments, at places from `scratch` on. */
export interface Given {
  readonly [at: number]: Float32Array | Int32Array | Uint32Array | Int16Array;
}

const [wasm, mirror] = [newKernels("wasm"), newKernels("mirror")];

/** Runs the same calls on the same memory in WASM and in the mirror; every byte from `scratch` to `end` must agree. */
export function sameBits(given: Given, calls: (by: Kernels) => unknown, end = 1 << 20): Kernels {
  const results = [wasm, mirror].map((by) => {
    const { u8 } = by.reserve(end);
    u8.fill(0, scratch, end);
    for (const [at, numbers] of Object.entries(given))
      u8.set(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength), Number(at));
    return { result: calls(by), memory: Buffer.from(u8.slice(scratch, end)) };
  });
  expect(results[0]!.result).toEqual(results[1]!.result);
  expect(Buffer.compare(results[0]!.memory, results[1]!.memory)).toBe(0);
  return wasm;
}
