import { describe, expect, it } from "vitest";
import { type NoiseLaw, padded, places, randomStream, scratch } from "#calibration";
import type { AgedArea } from "../../drivers/simulator/aged-area.ts";
import { kernelMemory } from "../../drivers/simulator/kernel-memory.ts";
import { type Columns, momentsOf, placeInputs, vectorPlaces } from "../../drivers/simulator/moments.ts";

const chance = randomStream(20261121, 53);
const each = (length: number, make: (i: number) => number): Float32Array =>
  Float32Array.from({ length }, (_, i) => make(i));

/** Cells of very different noise: within a column the variances differ by up to 400 times. */
function areaOf(rows: number, cols: number): AgedArea {
  const mean = each(rows * cols, () => chance.uniform());
  const sigma = each(rows * cols, () => 0.02 * (0.05 + 0.95 * chance.uniform()));
  return {
    ...{ rows, cols, mean, sigma, variance: sigma.map((s) => s ** 2), fourth: sigma.map((s) => s ** 4) },
    ...{ clipped: undefined, circuit: undefined, validUntil: Number.POSITIVE_INFINITY },
  };
}

/** Mean and variance of each column, and the inverse of its effective devices, vectors × cols. */
function moments(area: AgedArea, codes: Int16Array, law: NoiseLaw, inputHigh: number | undefined) {
  const { place } = places(scratch);
  const { rows, cols } = area;
  const [vectors, n8] = [codes.length / rows, padded(cols)];
  const [gain, offset] = [place(4 * n8), place(4 * n8)];
  const at = vectorPlaces(place, { rows, cols, vectors });
  kernelMemory.claim({}, place(0));
  const { f32 } = kernelMemory.views;
  f32.fill(1, gain / 4, gain / 4 + n8).fill(0, offset / 4, offset / 4 + n8);
  const columns: Columns = { area, law, engine: "moment", scale: 0.07, inputHigh, gain, offset };
  placeInputs(codes, columns, at);
  momentsOf(columns, at, vectors);
  const after = kernelMemory.views.f32;
  const line = (from: number): Float64Array =>
    Float64Array.from(
      { length: vectors * cols },
      (_, i) => after[from / 4 + Math.floor(i / cols) * n8 + (i % cols)]!,
    );
  const [mean, gaussian, laplace] = [
    line(at.mean),
    line(at.gaussian),
    line(law === "laplace" ? at.laplace : at.mean),
  ];
  if (law === "none") return { mean, variance: mean, inverse: mean };
  if (law === "gaussian") return { mean, variance: gaussian.map((s) => s * s), inverse: mean };
  const variance = gaussian.map((s, i) => s * s + 2 * laplace[i]! ** 2);
  return {
    mean,
    variance,
    inverse: variance.map((v, i) => (v === 0 ? 0 : ((2 * laplace[i]! ** 2) / v) ** 2)),
  };
}

const inputs: [string, (i: number) => number][] = [
  ["half of them 0, others over the range", () => Math.max(0, 255 * chance.uniform() - 127)],
  ["few rows driven by any", (i) => (i % 7 === 0 ? 127 * chance.uniform() : 0)],
  ["weak", () => 12 * chance.uniform()],
  ["one strong row among weak ones", (i) => (i % 200 === 0 ? 127 : 20 * chance.uniform())],
];

describe("moments from products of 16-bit codes are those of floats", () => {
  const [rows, cols] = [200, 30];
  it.each(inputs)("inputs: %s", (_, make) => {
    const area = areaOf(rows, cols);
    for (const vectors of [1, 40]) {
      const codes = Int16Array.from({ length: vectors * rows }, (_, i) => make(i));
      const full = moments(area, new Int16Array(rows).fill(127), "laplace", undefined);
      for (const law of ["none", "gaussian", "laplace"] as const) {
        const [coded, wanted] = [127, undefined].map((high) => moments(area, codes, law, high));
        const range = Math.max(...full.mean);
        const worst = (of: (i: number) => number): number =>
          Math.max(...Array.from(coded!.mean, (_, i) => of(i)));
        const off = (i: number, by: "mean" | "variance" | "inverse"): number =>
          Math.abs(coded![by][i]! - wanted![by][i]!);
        expect(worst((i) => off(i, "mean"))).toBeLessThan(1e-5 * range);
        if (law === "none") continue;
        expect(worst((i) => off(i, "variance"))).toBeLessThan(3e-4 * Math.max(...full.variance));
        if (law === "gaussian") continue;
        // What the fourth powers are off by, and twice what the variance is.
        const allowed = (i: number): number =>
          (2.2 * off(i, "variance") * wanted!.inverse[i]!) / wanted!.variance[i]!;
        expect(worst((i) => off(i, "inverse") - allowed(i))).toBeLessThan(0.012);
      }
    }
  });
});
