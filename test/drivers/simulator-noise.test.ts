import { describe, expect, it } from "vitest";
import { simulatedCore } from "#drivers";
import { type Area, inSiemens } from "#protocol";
import {
  ksCritical,
  ksDistance,
  ksTwoSample,
  laplaceCdf,
  meanAndVariance,
  normalCdf,
} from "../calibration/statistics.ts";
import { currents, readOutRequest, whole } from "./simulated.ts";

// Seeds are fixed; bounds are five standard errors (6e-7) or Kolmogorov–Smirnov at 1e-5.
const root = Math.sqrt;

// reference/physics.md B4: current at 0.2 V and Laplace scale, in µA.
const tableB4 = [
  [0.4, 0.0261],
  [0.8, 0.0363],
  [1.6, 0.0511],
  [2.4, 0.0585],
  [3.2, 0.0584],
  [4, 0.0509],
] as const;

describe("a single cell of hfox-tsinghua", () => {
  it.each(tableB4)(
    "at %f µA reads with Laplace noise of scale %f µA: mean, variance, kurtosis 6, shape",
    async (current, b) => {
      const core = await simulatedCore({ profile: "hfox-tsinghua", seed: 11 });
      const cell = whole(1, 1);
      core.preset(cell, inSiemens(Float64Array.of(current * 5e-6)));
      const { conductances } = core.readCells({ ...cell, repeats: 60_000 });
      // Counts of 1 nS are 0.2 nA: a hundredth of b, below what these bounds see.
      const microamps = Array.from(conductances, (count) => count * 2e-4);
      const { mean, variance, kurtosis } = meanAndVariance(microamps);
      const n = microamps.length;
      const exact = -0.0058 * current ** 2 + 0.0324 * current + 0.0141;
      expect(exact).toBeCloseTo(b, 4);
      expect(Math.abs(mean - current)).toBeLessThan(5 * exact * root(2 / n));
      expect(Math.abs(variance / (2 * exact ** 2) - 1)).toBeLessThan(5 * root(5 / n));
      expect(Math.abs(kurtosis - 6)).toBeLessThan(1);
      expect(ksDistance(microamps, (x) => laplaceCdf((x - current) / exact)) * root(n)).toBeLessThan(
        ksCritical,
      );
    },
  );

  it("reads out with the same law, scaled by the driving voltage", async () => {
    const core = await simulatedCore({ profile: "hfox-tsinghua", seed: 12, adcBits: 16 });
    const cell = whole(1, 1);
    core.preset(cell, inSiemens(Float64Array.of(10e-6)));
    const sigma = root(2) * (-0.0058 * 4 + 0.0324 * 2 + 0.0141) * 1e-6;
    for (const code of [127, 50, -127]) {
      const read = currents(core, readOutRequest(cell, { repeats: 20_000 }), Int16Array.of(code));
      const { mean, variance, kurtosis } = meanAndVariance(read);
      const share = (code * core.descriptor.dac.lsb) / 0.2;
      expect(Math.abs(mean - share * 2e-6)).toBeLessThan(
        (5 * sigma * Math.abs(share)) / root(20_000) + 1e-10,
      );
      expect(Math.abs(variance / (sigma * share) ** 2 - 1)).toBeLessThan(5 * root(5 / 20_000));
      expect(Math.abs(kurtosis - 6)).toBeLessThan(1.5);
    }
  });
});

describe("three devices a weight (Lin et al.: w = (ΣI − 7.2 µA) / 10.5)", () => {
  it.each([
    [[0.4, 0.4, 0.4], -0.571, 0.0061],
    [[2.4, 2.4, 2.4], 0, 0.0136],
    [[4, 4, 4], 0.457, 0.0119],
  ])("%j µA stand for w with the published mean and standard deviation", async (devices, w, sigma) => {
    const core = await simulatedCore({ profile: "hfox-tsinghua", seed: 13 });
    const cells = whole(1, 3);
    core.preset(cells, inSiemens(Float64Array.from(devices, (current) => current * 5e-6)));
    const { conductances } = core.readCells({ ...cells, repeats: 20_000 });
    const weights = Array.from({ length: 20_000 }, (_, i) => {
      const sum = [0, 1, 2].reduce((total, k) => total + conductances[3 * i + k]! * 2e-4, 0);
      return (sum - 7.2) / 10.5;
    });
    const { mean, variance } = meanAndVariance(weights);
    expect(Math.abs(mean - w)).toBeLessThan(6e-4);
    expect(Math.abs(root(variance) - sigma)).toBeLessThan(3e-4);
  });
});

/** One column's currents at full drive, drawn by each engine from boards that hold the same conductances. */
async function bothEngines(profile: string, on: Area, repeats: number): Promise<Float64Array[]> {
  const held = inSiemens(Float64Array.from({ length: on.rows }, (_, i) => (2 + ((i * 5) % 18)) * 1e-6));
  const driven = Int16Array.from({ length: on.rows }, (_, i) => 127 - ((i * 37) % 200));
  return Promise.all(
    (["moment", "per-device"] as const).map(async (engine, i) => {
      const core = await simulatedCore({ profile, engine, seed: 20 + i, adcBits: 16 });
      core.preset(on, held);
      return currents(core, readOutRequest(on, { repeats, range: on.rows === 1 ? 0 : 4 }), driven);
    }),
  );
}

describe("the moment engine and the per-device engine agree", () => {
  it.each([
    ["hfox-tsinghua", 12],
    ["hfox-tsinghua", 24],
    ["hfox-tsinghua", 128],
  ] as const)("for %s with %i rows: mean, variance, kurtosis, distribution", async (profile, rows) => {
    const n = 20_000;
    const [moment, device] = await bothEngines(profile, whole(rows, 1), n);
    const [a, b] = [meanAndVariance(moment!), meanAndVariance(device!)];
    expect(Math.abs(a.mean - b.mean)).toBeLessThan(5 * root((a.variance + b.variance) / n));
    expect(Math.abs(a.variance / b.variance - 1)).toBeLessThan(5 * root((2 * (b.kurtosis - 1)) / n));
    expect(Math.abs(a.kurtosis - b.kurtosis)).toBeLessThan(0.5);
    expect(ksTwoSample(moment!, device!) * root(n / 2)).toBeLessThan(ksCritical);
  });

  it("for pcm-90nm, where both must have the seed's same frozen 1/f noise: variance and normal shape", async () => {
    const n = 20_000;
    const both = await bothEngines("pcm-90nm", whole(64, 1), n);
    const [a, b] = both.map((read) => meanAndVariance(read));
    expect(Math.abs(a!.variance / b!.variance - 1)).toBeLessThan(5 * root(4 / n) + 0.02);
    for (const [i, read] of both.entries()) {
      const { mean, variance } = [a!, b!][i]!;
      expect(ksDistance(read, (x) => normalCdf((x - mean) / root(variance))) * root(n)).toBeLessThan(
        ksCritical,
      );
    }
  });

  it("with one device the moment engine is Laplace itself (n = 1)", async () => {
    const n = 20_000;
    const [moment] = await bothEngines("hfox-tsinghua", whole(1, 1), n);
    const { mean, variance, kurtosis } = meanAndVariance(moment!);
    expect(Math.abs(kurtosis - 6)).toBeLessThan(1.5);
    expect(ksDistance(moment!, (x) => laplaceCdf((x - mean) / root(variance / 2))) * root(n)).toBeLessThan(
      ksCritical,
    );
  });
});
