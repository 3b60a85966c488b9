import { describe, expect, it } from "vitest";
import { type SimulatedCore, simulatedCore } from "#drivers";
import { type Area, inSiemens } from "#protocol";
import { meanAndVariance } from "../calibration/statistics.ts";
import { assumed, currents, profileWith, readOutRequest, whole } from "./simulated.ts";

interface Errors {
  gain?: number;
  offset?: number;
  inl?: number;
  dnl?: number;
  noise?: number;
}
/** Ideal cells and converters behind DACs with these errors. */
const withDacs = ({ gain = 0, offset = 0, inl = 0, dnl = 0, noise = 0 }: Errors, bipolar = true) =>
  profileWith("ideal", (profile) => {
    const errors = { gain, offset, inl, dnl, noise };
    const dac = profile.dac as Record<string, unknown>;
    dac.bipolar = assumed(bipolar);
    dac.errors = Object.fromEntries(Object.entries(errors).map(([name, value]) => [name, assumed(value)]));
  });

const full = 25e-6;
const fill = (core: SimulatedCore, area: Area, g = full) =>
  core.preset(area, inSiemens(new Float64Array(area.rows * area.cols).fill(g)));

/** What the DAC of each row puts out for each of `codes`, in steps: one row of one full cell at a time. */
async function levels(profile: string, codes: readonly number[], rows: number, tile = 0) {
  const core = await simulatedCore({ profile, adcBits: 16, seed: 6 });
  fill(core, whole(rows, 1, tile));
  return Array.from({ length: rows }, (_, row) => {
    const area = { ...whole(1, 1, tile), row };
    const request = readOutRequest(area, { vectors: codes.length });
    const read = currents(core, request, Int16Array.from(codes));
    return Array.from(read, (current) => current / full / core.descriptor.dac.lsb);
  });
}

/** Half a code of the ADC, in steps of the DAC: 10 µA / 2¹⁶ over 25 µS · 0.2 V / 511. */
const half = 0.0156;

describe("the drivers of the rows", () => {
  it("have gains about 1 and offsets about 0 with the profile's spreads, 2 % and 3 steps, each its own (five standard errors)", async () => {
    const profile = await withDacs({ gain: 0.02, offset: 3 });
    const tiles = await Promise.all([0, 1, 2, 3].map((tile) => levels(profile, [0, 400], 256, tile)));
    const rows = tiles.flat();
    const n = rows.length;
    const offset = meanAndVariance(rows.map(([zero]) => zero!));
    const gain = meanAndVariance(rows.map(([zero, high]) => (high! - zero!) / 400));
    expect(Math.abs(gain.mean - 1)).toBeLessThan((5 * 0.02) / Math.sqrt(n));
    expect(Math.abs(Math.sqrt(gain.variance) / 0.02 - 1)).toBeLessThan(5 / Math.sqrt(2 * n));
    expect(Math.abs(offset.mean)).toBeLessThan((5 * 3) / Math.sqrt(n));
    expect(Math.abs(Math.sqrt(offset.variance) / 3 - 1)).toBeLessThan(5 / Math.sqrt(2 * n));
    expect(new Set(rows.map(([zero]) => zero)).size).toBeGreaterThan(n / 4);
  });

  it("add up over a column: Σ_i G_i · lsb · (gain_i · code_i + offset_i)", async () => {
    const profile = await withDacs({ gain: 0.05, offset: 4, inl: 2, dnl: 0.2 });
    const rows = 24;
    const codes = Int16Array.from({ length: rows }, (_, i) => ((i * 173) % 1023) - 511);
    const each = await levels(profile, Array.from(codes), rows);
    const core = await simulatedCore({ profile, adcBits: 16, seed: 6 });
    const area = whole(rows, 2);
    const held = Float64Array.from({ length: 2 * rows }, (_, i) => (2 + ((i * 7) % 23)) * 1e-6);
    core.preset(area, inSiemens(held));
    const read = currents(core, readOutRequest(area, { range: 3 }), codes);
    const lsb = core.descriptor.adc.ranges[3]! / 2 ** 15;
    for (let col = 0; col < 2; col++) {
      let sum = 0;
      for (let i = 0; i < rows; i++) sum += held[2 * i + col]! * core.descriptor.dac.lsb * each[i]![i]!;
      // Half a code of the sum, and of each row's level as it was read before.
      expect(Math.abs(read[col]! - sum)).toBeLessThan(
        0.51 * lsb + rows * half * full * core.descriptor.dac.lsb,
      );
    }
  });

  it.each([true, false])(
    "bow by their integral nonlinearity, none at the ends (bipolar: %s)",
    async (bipolar) => {
      const codes = bipolar ? [-511, -256, 0, 256, 511] : [0, 256, 512, 768, 1023];
      const rows = await levels(await withDacs({ inl: 6 }, bipolar), codes, 2);
      for (const row of rows)
        row.forEach((level, k) => {
          const u = bipolar ? (codes[k]! + 512) / 1023 : codes[k]! / 1023;
          expect(Math.abs(level - codes[k]! - 24 * u * (1 - u))).toBeLessThan(
            2 * half + (bipolar ? 0.51 : 0),
          );
        });
    },
  );

  it("have steps whose widths differ by the differential nonlinearity, 0.3, row by row, and never turn back", async () => {
    const codes = Array.from({ length: 1023 }, (_, i) => i - 511);
    const rows = await levels(await withDacs({ dnl: 0.3 }), codes, 4);
    for (const row of rows) {
      const widths = row.slice(1).map((level, k) => level - row[k]!);
      expect(Math.min(...widths)).toBeGreaterThan(-2 * half);
      // 1022 widths: five standard errors of their spread.
      const { variance } = meanAndVariance(widths);
      expect(Math.abs(Math.sqrt(variance) / 0.3 - 1)).toBeLessThan(5 / Math.sqrt(2 * 1022) + 0.01);
    }
    expect(rows[0]).not.toEqual(rows[1]);
  });

  it("add noise that is new in each sample and common to the columns: covariance (σ lsb)² Σ_i G_ij G_ik", async () => {
    const sigma = 20;
    const profile = await withDacs({ noise: sigma });
    const [rows, cols, repeats] = [16, 3, 20_000];
    const area = whole(rows, cols);
    const core = await simulatedCore({ profile, adcBits: 16, seed: 9 });
    const held = Float64Array.from(
      { length: rows * cols },
      (_, i) => (i % cols === 2 ? (i % 2) * 20 : 5 + (i % 19)) * 1e-6,
    );
    core.preset(area, inSiemens(held));
    const request = readOutRequest(area, { repeats, range: 2 });
    const inputs = Int16Array.from({ length: rows }, (_, i) => 20 * i - 100);
    const read = currents(core, request, inputs);
    const series = Array.from({ length: cols }, (_, j) =>
      Float64Array.from({ length: repeats }, (_, r) => read[r * cols + j]!),
    );
    const unit = sigma * core.descriptor.dac.lsb;
    const law = (j: number, k: number): number =>
      Array.from({ length: rows }, (_, i) => held[i * cols + j]! * held[i * cols + k]!).reduce(
        (a, b) => a + b,
      ) *
      unit ** 2;
    const means = series.map((line) => meanAndVariance(line).mean);
    for (let j = 0; j < cols; j++) {
      const exact = inputs.reduce(
        (sum, code, i) => sum + code * core.descriptor.dac.lsb * held[i * cols + j]!,
        0,
      );
      expect(Math.abs(means[j]! - exact)).toBeLessThan(5 * Math.sqrt(law(j, j) / repeats));
      for (let k = j; k < cols; k++) {
        let dot = 0;
        for (let r = 0; r < repeats; r++) dot += (series[j]![r]! - means[j]!) * (series[k]![r]! - means[k]!);
        const spread = Math.sqrt((law(j, j) * law(k, k) + law(j, k) ** 2) / repeats);
        expect(Math.abs(dot / repeats - law(j, k))).toBeLessThan(5 * spread);
      }
      let next = 0;
      for (let r = 1; r < repeats; r++)
        next += (series[j]![r]! - means[j]!) * (series[j]![r - 1]! - means[j]!);
      expect(Math.abs(next / repeats / law(j, j))).toBeLessThan(5 / Math.sqrt(repeats));
    }
    // Addressed by sample: any part of it alone is that part.
    const all = core.readOut(request, inputs, 0, repeats).codes;
    expect(core.readOut({ ...request }, inputs, 777, 100).codes).toEqual(
      all.subarray(777 * cols, 877 * cols),
    );
  });
});
