import { describe, expect, it } from "vitest";
import { padded, places, randomStream, scratch } from "#calibration";
import type { AgedArea } from "../../drivers/simulator/aged-area.ts";
import { kernelMemory } from "../../drivers/simulator/kernel-memory.ts";
import { type Columns, momentsOf, placeInputs, vectorPlaces } from "../../drivers/simulator/moments.ts";

const chance = randomStream(8, 9);
const vectors = 3;

function areaOf(rows: number, cols: number): AgedArea {
  const each = (make: () => number): Float32Array => Float32Array.from({ length: rows * cols }, make);
  const [mean, sigma] = [each(() => chance.uniform()), each(() => 0.05 * chance.uniform())];
  const [variance, fourth] = [sigma.map((s) => s ** 2), sigma.map((s) => s ** 4)];
  const sound = { clipped: undefined, circuit: undefined, validUntil: 1 };
  return { rows, cols, mean, sigma, variance, fourth, ...sound };
}

/** Means and standard deviations that the kernels give, of `vectors` × cols. */
function given(area: AgedArea, codes: Int16Array, rest: { scale: number; inputHigh?: number }) {
  const memory = places(scratch);
  const at = vectorPlaces(memory.place, { ...area, vectors });
  const n8 = padded(area.cols);
  const [gain, offset] = [memory.place(4 * n8), memory.place(4 * n8)];
  kernelMemory.claim({}, memory.end);
  const { f32 } = kernelMemory.views;
  f32.fill(1, gain / 4, gain / 4 + n8).fill(0, offset / 4, offset / 4 + n8);
  const columns: Columns = { area, law: "gaussian", engine: "moment", gain, offset, ...rest };
  placeInputs(codes, columns, at);
  momentsOf(columns, at, vectors);
  const read = (from: number): number[] =>
    Array.from({ length: vectors * area.cols }, (_, i) => {
      return kernelMemory.views.f32[from / 4 + Math.floor(i / area.cols) * n8 + (i % area.cols)]!;
    });
  return { means: read(at.mean), deviations: read(at.gaussian) };
}

describe.each([
  [784, 37, 511],
  [300, 64, 1023],
  [13, 5, 7],
])("moments of %i × %i devices at inputs up to %i", (rows, cols, high) => {
  const area = areaOf(rows, cols);
  const codes = Int16Array.from({ length: vectors * rows }, (_, i) =>
    Math.round(high * (i < rows ? 1 : chance.uniform())),
  );
  // The largest sum fills the range of a 12-bit converter.
  const scale = 2047 / (rows * high * 0.5);
  const exact = (power: (i: number) => number, weights: Float32Array): number[] =>
    Array.from({ length: vectors * cols }, (_, at) => {
      let sum = 0;
      for (let i = 0, v = Math.floor(at / cols); i < rows; i++)
        sum += power(v * rows + i) * weights[i * cols + (at % cols)]!;
      return sum;
    });
  const means = exact((i) => scale * codes[i]!, area.mean);
  const deviations = exact((i) => (scale * codes[i]!) ** 2, area.variance).map(Math.sqrt);

  it.each([
    ["floats, to 0.002 of a code and 1e-5", {}, 0.002, 1e-5],
    ["codes of 16 bits, to 0.05 of a code and 1e-3", { inputHigh: high }, 0.05, 1e-3],
  ] as const)("are those of plain sums, by products of %s", (_, rest, far, share) => {
    const found = given(area, codes, { scale, ...rest });
    found.means.forEach((mean, i) => {
      expect(Math.abs(mean - means[i]!)).toBeLessThan(far);
      expect(Math.abs(found.deviations[i]! / deviations[i]! - 1)).toBeLessThan(share);
    });
  });
});
