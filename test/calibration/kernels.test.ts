import { expect, it } from "vitest";
import { fillLaplaces, fillNormals } from "#calibration";
import { kernels } from "../../calibration/kernels/wasm.ts";
import { mirrorFill } from "../../calibration/normals.ts";

it("runs in WASM here, so that the comparisons below compare two things", () => {
  expect(kernels).toBeDefined();
});

it.each([
  ["normals", fillNormals],
  ["laplaces", fillLaplaces],
] as const)("makes %s with the bits of the plain mirror, whatever the length", (kernel, fill) => {
  for (const length of [1, 7, 8, 9, 17, 1024, 4097, 20_000]) {
    const [wasm, mirror] = [new Float32Array(length), new Float32Array(length)];
    fill(wasm, 11, 3, length, 5);
    mirrorFill(mirror, { seed: 11, stream: 3, a: length, b: 5 }, kernel);
    expect(Buffer.compare(Buffer.from(wasm.buffer), Buffer.from(mirror.buffer))).toBe(0);
  }
});
