import { beforeAll, describe, expect, it } from "vitest";
import { type BoardProfile, type DeviceModel, deviceModel, loadProfile } from "#calibration";
import { microamps, siemens, volts } from "#protocol";
import { averagingFor } from "../../src/mapping/budget.ts";
import { map } from "../../src/mapping/index.ts";
import type { DenseLayer } from "../../src/model/index.ts";
import { descriptor } from "../fake-board.ts";
import { convModel, denseModel, inputs, modelOf } from "./models.ts";

let ideal: BoardProfile;
beforeAll(async () => {
  ideal = await loadProfile("ideal");
});

/** A device of the fake board's window with read noise of a fixed share of G. */
const noisy = (share: number): DeviceModel => ({
  ...deviceModel(ideal),
  window: { min: siemens(2e-6), max: siemens(20e-6) },
  noiseLaw: "gaussian",
  readSigma: (g) => siemens(g * share),
});

describe("mapping", () => {
  it("gives the same map for the same arguments", () => {
    const model = denseModel([6, 10, 3]);
    expect(map(model, descriptor(), { seed: 4 })).toEqual(map(model, descriptor(), { seed: 4 }));
  });

  it("stores targets whose pair difference is γ times the weight", () => {
    const model = denseModel([6, 10, 3]);
    const [layer] = map(model, descriptor()).layers;
    const { mean } = (model.layers[0] as DenseLayer).weight;
    for (let i = 0; i < 6; i++) {
      for (let j = 0; j < 10; j++) {
        const at = 2 * (i * 10 + j);
        expect((layer!.targets[at]! - layer!.targets[at + 1]!) / layer!.gamma[j]!).toBeCloseTo(
          mean[j * 6 + i]!,
          5,
        );
      }
    }
  });

  it("takes a convolution as its patches: inChannels·k·k inputs × outChannels", () => {
    const [conv, dense] = map(convModel(), descriptor()).layers;
    expect([conv!.inputs, conv!.outputs, dense!.inputs, dense!.outputs]).toEqual([9, 3, 48, 4]);
  });

  it("takes the input scale from the probes: 1.1 times their largest value over the top code", () => {
    const model = denseModel([2, 3]);
    const [layer] = map(model, descriptor(), { probes: Float32Array.of(0.5, 1, -2, 0.1) }).layers;
    expect(layer!.inputLsb).toBeCloseTo((1.1 * 2) / 2047, 9);
    expect(layer!.signed).toBe(true);
    expect(map(model, descriptor(), { probes: Float32Array.of(0.5, 1) }).layers[0]!.signed).toBe(false);
  });

  it("does not drive above the read voltage that the board allows", () => {
    const limits = { ...descriptor().limits, readVoltage: volts(0.1) };
    const [layer] = map(denseModel([2, 3]), descriptor({ limits }), { probes: Float32Array.of(1, 1) }).layers;
    expect(1.1 / layer!.inputLsb).toBeCloseTo(1023, 0);
  });

  it("chooses the smallest ADC range that the probes' column currents fit into", () => {
    const one = modelOf(
      [
        {
          type: "dense",
          name: "fc",
          inputs: 1,
          outputs: 1,
          weight: { mean: Float32Array.of(1), std: Float32Array.of(0) },
        },
      ],
      [1],
    );
    const chosen = (...microamperes: number[]): number => {
      const adc = { bits: 16, ranges: microamperes.map(microamps) };
      return map(one, descriptor({ adc }), { probes: Float32Array.of(1) }).layers[0]!.range;
    };
    // 0.2 V / 1.1 into 20 µS is 3.64 µA, 4 µA with headroom: just beyond the top code of a 4 µA range.
    expect(chosen(1, 3, 4, 10)).toBe(3);
    expect(chosen(10, 4.1, 3, 1)).toBe(1);
    expect(chosen(1, 3)).toBe(1);
  });

  it("says which inputs the scales are from", () => {
    expect(map(denseModel([2, 3]), descriptor()).scalesFrom).toMatch(/^48 synthetic inputs, standard normal/);
    expect(map(convModel(), descriptor()).scalesFrom).toMatch(
      /^48 synthetic images \(strokes, spots, speckle\) over 0 … 1,/,
    );
    expect(map(denseModel([2, 3]), descriptor(), { probes: inputs(300, 2) }).scalesFrom).toMatch(
      /^256 of 300 given inputs,/,
    );
  });

  it("takes synthetic images beside a few given ones, which alone would make its scales tight", () => {
    const dim = new Float32Array(3 * 64).fill(0.01);
    const { layers, scalesFrom } = map(convModel(), descriptor(), { probes: dim });
    expect(scalesFrom).toMatch(/^3 given inputs and 45 of 48 synthetic images/);
    // Images go up to 1, the headroom is 1.1.
    expect(layers[0]!.inputLsb).toBeCloseTo(map(convModel(), descriptor()).layers[0]!.inputLsb, 6);
    expect(map(convModel(), descriptor(), { probes: inputs(48, 64) }).scalesFrom).toMatch(
      /^48 given inputs,/,
    );
  });

  it("averages the fewest read-outs, at most 16, for which 9 of 10 outputs and probes have room for device noise", () => {
    const asked = new Float32Array(10).fill(1);
    expect(
      averagingFor(
        asked,
        Float32Array.from({ length: 10 }, (_, k) => [2, 2, 2, 2, 2, 2, 2, 2, 3, 100][k]!),
      ),
    ).toBe(3);
    expect(averagingFor(asked, new Float32Array(10).fill(0.9))).toBe(1);
    expect(averagingFor(asked, new Float32Array(10).fill(99))).toBe(16);
    // Repeats of noiseless cells are all alike, whatever the converter adds.
    const coarse = descriptor({ adc: { bits: 4, ranges: [microamps(10)] } });
    const sure = denseModel([6, 3], { std: 1e-4 });
    const { layers } = map(sure, coarse, { device: deviceModel(ideal) });
    expect(layers.map(({ average }) => average)).toEqual([1]);
  });

  it("reports the noise budget of one weight in closed form", () => {
    const weight = { mean: Float32Array.of(0.5), std: Float32Array.of(0.2) };
    const one = modelOf(
      [
        {
          type: "dense",
          name: "fc",
          inputs: 1,
          outputs: 1,
          weight,
          bias: { mean: Float32Array.of(1), std: Float32Array.of(0.1) },
        },
      ],
      [1],
    );
    const budgetOf = (device: DeviceModel, ...probes: number[]) =>
      map(one, descriptor(), { probes: Float32Array.from(probes), device }).layers[0]!;
    const layer = budgetOf(noisy(0.05), 2);
    // γ = 18 µS / 0.5; G⁺ = 20 µS, G⁻ = 2 µS; the ADC's part is below 1e-6 here.
    expect(layer.budget.asked).toBeCloseTo(4 * 0.04 + 0.01, 3);
    expect(layer.budget.device).toBeCloseTo((4 * 0.05 ** 2 * (20 ** 2 + 2 ** 2)) / 36 ** 2, 5);
    expect(layer.budget).toMatchObject({ short: 0, clipped: 0, programming: 0 });
    // Of two probes, 2 and 1, the median lies midway.
    expect(budgetOf(noisy(0.05), 2, 1).budget.asked).toBeCloseTo((0.17 + 0.05) / 2, 3);
    // Frozen: 1 µS after verify and a tenth of G since, for both cells.
    const frozen = {
      ...noisy(0.05),
      programmingSigma: () => siemens(1e-6),
      persistentSigma: (g: number) => siemens(g / 10),
    };
    expect(budgetOf(frozen, 2).budget.programming).toBeCloseTo(
      (4 * (1 + 2 ** 2 + 1 + 0.2 ** 2)) / 36 ** 2,
      5,
    );
    // One read-out gives 0.449 where 0.17 is asked: three fit, and nothing is short then.
    const loud = budgetOf(noisy(0.6), 2);
    expect(loud.average).toBe(3);
    expect(loud.budget.short).toBe(0);
  });

  it("names the weights that are not finite, and how many", () => {
    const model = denseModel([2, 3]);
    (model.layers[0] as DenseLayer).weight.std.set([Number.NaN, Number.POSITIVE_INFINITY]);
    expect(() => map(model, descriptor())).toThrow("fc1.weight.std holds 2 values that are NaN or infinite");
  });

  it("refuses probes that are not finite", () => {
    expect(() =>
      map(denseModel([2, 3]), descriptor(), { probes: Float32Array.of(1, 2, Number.NaN, 4) }),
    ).toThrow("the probe inputs (item 1)");
  });

  it("refuses probes that are no whole number of items", () => {
    expect(() => map(denseModel([2, 3]), descriptor(), { probes: new Float32Array(3) })).toThrow(
      "items of 2",
    );
  });

  it("refuses a model that is too big for the board", () => {
    expect(() => map(denseModel([200, 100, 3]), descriptor({ tiles: 2 }))).toThrow(
      /wants 11 tiles of 64×64; the board has 2, which hold layers fc2/,
    );
  });
});
