import { existsSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { type DeviceModel, deviceModel, loadProfile } from "#calibration";
import { simulatedBoard } from "#drivers";
import { type CrossbarBoard, seconds, siemens } from "#protocol";
import { deploy } from "../../src/deploy/index.ts";
import { type ConductanceMap, type ForeignLayer, importConductances } from "../../src/mapping/index.ts";
import { readTensors } from "../../src/model/index.ts";
import { readLayer } from "../../src/readout/index.ts";
import { ksCritical, ksDistance, laplaceCdf, normalCdf } from "../calibration/statistics.ts";
import { descriptor } from "../fake-board.ts";

const path = "../shared/data/lin2023-map/theta_best.dat";

/** The cells of the map, in amperes at 0.2 V (the file holds µA). */
async function lin2023(): Promise<ForeignLayer[]> {
  const tensors = await readTensors(path);
  return [...tensors]
    .filter(([name]) => name.endsWith("current_state"))
    .map(([name, { shape, values }]) => ({
      name: name.split(".").slice(0, 2).join("."),
      shape,
      currents: Float32Array.from(values, (i) => i * 1e-6),
    }));
}

describe("importing conductances", () => {
  const device = {
    window: { min: siemens(2e-6), max: siemens(20e-6) },
    noiseLaw: "gaussian",
    readSigma: () => siemens(0.3e-6),
    programmingSigma: () => siemens(1e-6),
    persistentSigma: () => siemens(0),
  } as unknown as DeviceModel;

  it("decodes w = (ΣI − 7.2 µA) / 10.5 µA and σ = √3 · 0.06 µA / 10.5 µA, the last row as bias", () => {
    const currents = Float32Array.of(1.4, 2.4, 3.2, 1, 1, 1, 4, 4, 4, 2.4, 2.4, 2.4).map((i) => i * 1e-6);
    const { model, layers } = importConductances([{ name: "fc", shape: [2, 2, 3], currents }], descriptor(), {
      device,
    });
    const dense = model.layers[0] as {
      weight: { mean: Float32Array; std: Float32Array };
      bias: { mean: Float32Array };
    };
    expect(dense.weight.mean[0]).toBeCloseTo((7 - 7.2) / 10.5, 5);
    expect(dense.weight.mean[1]).toBeCloseTo((3 - 7.2) / 10.5, 5);
    expect(dense.bias.mean[0]).toBeCloseTo((12 - 7.2) / 10.5, 5);
    expect(dense.bias.mean[1]).toBeCloseTo(0, 5);
    expect(dense.weight.std[0]).toBeCloseTo((Math.sqrt(3) * 0.06) / 10.5, 6);
    [7, 12, 16].forEach((g, k) => {
      expect(layers[0]!.targets[k]).toBeCloseTo(g * 1e-6, 11);
    });
  });

  it("refuses a layer that is not inputs + 1 × outputs × devices", () => {
    expect(() =>
      importConductances([{ name: "fc", shape: [2, 2], currents: new Float32Array(4) }], descriptor(), {
        device,
      }),
    ).toThrow(/fc has shape 2×2/);
  });
});

describe.skipIf(!existsSync(path))(
  `the conductance map of Lin et al. 2023 on a simulated board of their devices (skipped without ${path})`,
  () => {
    let board: CrossbarBoard;
    let device: DeviceModel;
    let made: ConductanceMap;
    let held: readonly Float32Array[];
    beforeAll(async () => {
      board = await simulatedBoard({ profile: "hfox-tsinghua", seed: 11, tiles: 8 });
      device = deviceModel(await loadProfile("hfox-tsinghua"));
      made = importConductances(await lin2023(), board.descriptor, { device });
      held = (await deploy(made, board)).conductances;
    });

    it("imports 5–100–100–2 with three devices a weight and means within the published span −0.57 … 0.46", () => {
      expect(made.layers.map(({ inputs, outputs, code }) => [inputs, outputs, code.signs.length])).toEqual([
        [5, 100, 3],
        [100, 100, 3],
        [100, 2, 3],
      ]);
      for (const layer of made.model.layers) {
        if (layer.type !== "dense") continue;
        expect(Math.min(...layer.weight.mean)).toBeGreaterThan(-0.572);
        expect(Math.max(...layer.weight.mean)).toBeLessThan(0.458);
        // σ_w of physics.md §D1: 0.0061 … 0.0138.
        expect(Math.min(...layer.weight.std)).toBeGreaterThan(0.006);
        expect(Math.max(...layer.weight.std)).toBeLessThan(0.0139);
      }
    });

    it("programs cells to the measured error of the chips: mean −0.43 µS, standard deviation about 1.1 µS", () => {
      const errors = held.flatMap((layer, k) =>
        Array.from(layer, (g, cell) => g - made.layers[k]!.targets[cell]!),
      );
      const kept = errors.filter((error) => Math.abs(error) < 6e-6);
      const mean = kept.reduce((sum, error) => sum + error, 0) / kept.length;
      const sd = Math.sqrt(kept.reduce((sum, error) => sum + (error - mean) ** 2, 0) / kept.length);
      // 32 100 cells: standard error 6 nS. The tolerance (0.55 µS) is tighter than theirs (1.5 µS), so σ is a little below 1.1 µS.
      expect(kept.length).toBeGreaterThan(0.995 * errors.length);
      expect(Math.abs(mean + 0.43e-6)).toBeLessThan(0.03e-6);
      expect(sd).toBeGreaterThan(0.65e-6);
      expect(sd).toBeLessThan(1.15e-6);
    });

    it("reads single cells with the device law's spread and Laplace shape", async () => {
      const repeats = 400;
      const block = made.layers[0]!.blocks[0]!;
      const area = { ...block.area, rows: 2, cols: 60 };
      const reads = await board.readCells(area, repeats);
      const cells = area.rows * area.cols;
      const standard: number[] = [];
      let [ratio, counted] = [0, 0];
      for (let cell = 0; cell < cells; cell++) {
        const own = Array.from({ length: repeats }, (_, r) => reads[r * cells + cell]!);
        const mean = own.reduce((sum, g) => sum + g, 0) / repeats;
        if (mean < 2e-6) continue; // a stuck cell lies outside the law's window
        const sigma = device.readSigma(siemens(mean), seconds(60));
        ratio += own.reduce((sum, g) => sum + (g - mean) ** 2, 0) / (repeats - 1) / sigma ** 2;
        counted++;
        // Scale 1 has variance 2; every fourth cell keeps the sample at a size where a wrong mean of 400 does not show.
        if (cell % 4 === 0) for (const g of own) standard.push(((g - mean) / sigma) * Math.SQRT2);
      }
      // Variance of a Laplace sample's variance is (κ − 1)/n with κ = 6: 5/(400 · 110) is 1.1 %; ± 4 of them.
      expect(Math.abs(ratio / counted - 1)).toBeLessThan(4 * Math.sqrt(5 / (repeats * counted)));
      expect(Math.sqrt(standard.length) * ksDistance(standard, laplaceCdf)).toBeLessThan(ksCritical);
      // The same sample is no Gaussian: its distance from the normal law is that of a Laplace, about 0.06.
      expect(
        ksDistance(
          standard.map((x) => x / Math.SQRT2),
          normalCdf,
        ),
      ).toBeGreaterThan(0.04);
    });

    it("reads a layer out with mean Σ x w of the cells as they read back, and variance Σ x² σ² of the law", async () => {
      const layer = { ...made.layers[0]!, average: 1 };
      const [repeats, outputs] = [2000, layer.outputs];
      const x = Float32Array.of(0.9, -0.7, 0.5, -0.3, 0.8);
      const read = await readLayer(board, layer, x, { repeats, firstSample: 0 });
      let [means, variances] = [0, 0];
      for (let j = 0; j < outputs; j++) {
        let [mean, variance] = [0, 0];
        for (let i = 0; i < 5; i++) {
          for (let k = 0; k < 3; k++) {
            const g = held[0]![(i * outputs + j) * 3 + k]!;
            mean += (read.driven[i]! * g) / layer.gamma[j]!;
            variance +=
              (read.driven[i]! * device.readSigma(siemens(g), seconds(60))) ** 2 / layer.gamma[j]! ** 2;
          }
          mean -= (read.driven[i]! * layer.code.offset) / layer.gamma[j]!;
        }
        const own = Array.from({ length: repeats }, (_, r) => read.outputs[r * outputs + j]!);
        const found = own.reduce((sum, y) => sum + y, 0) / repeats;
        // The cells' own means are known from four reads each, whose error is half the noise of one read-out.
        means += (found - mean) ** 2 / (variance / 4 + variance / repeats) / outputs;
        variances += own.reduce((sum, y) => sum + (y - found) ** 2, 0) / (repeats - 1) / variance / outputs;
      }
      // χ²/100: 1 ± 4 · √(2/100). Variance ratio over 100 outputs of 2000 Laplace-like samples: ± 4 · √(5/200 000) and 1 % for
      // the converter and for σ taken at conductances that are known to a few per cent.
      expect(Math.abs(means - 1)).toBeLessThan(4 * Math.sqrt(2 / 100));
      expect(Math.abs(variances - 1)).toBeLessThan(0.03);
    });
  },
);
