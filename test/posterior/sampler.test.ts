import { beforeAll, describe, expect, it } from "vitest";
import { type BoardProfile, type DeviceModel, deviceModel, loadProfile } from "#calibration";
import { type ReadOutRequest, siemens, volts } from "#protocol";
import { type ConductanceMap, map } from "../../src/mapping/index.ts";
import type { BayesianModel, DenseLayer } from "../../src/model/index.ts";
import { posteriorSampler, referenceSamples } from "../../src/posterior/index.ts";
import { descriptor, type FakeOptions, fakeBoard, hold } from "../fake-board.ts";
import { convModel, denseModel, inputs } from "../mapping/models.ts";
import { largest, momentsOf, zScores } from "./moments.ts";

let ideal: BoardProfile;
beforeAll(async () => {
  ideal = await loadProfile("ideal");
});
const noisy = (share: number): DeviceModel => ({
  ...deviceModel(ideal),
  window: { min: siemens(2e-6), max: siemens(20e-6) },
  noiseLaw: "gaussian",
  readSigma: (g) => siemens(g * share),
});

/** Σ x µ + b and Σ x² σ² + σ_b² of the only layer, in double precision. */
function closedForm(model: BayesianModel, x: Float32Array): { mean: number[]; variance: number[] } {
  const { inputs: n, outputs, weight, bias } = model.layers[0] as DenseLayer;
  const sums = (of: (i: number, j: number) => number, rest: (j: number) => number): number[] =>
    Array.from({ length: outputs }, (_, j) =>
      Array.from({ length: n }, (_, i) => of(i, j * n + i)).reduce((a, b) => a + b, rest(j)),
    );
  return {
    mean: sums(
      (i, at) => x[i]! * weight.mean[at]!,
      (j) => bias?.mean[j] ?? 0,
    ),
    variance: sums(
      (i, at) => (x[i]! * weight.std[at]!) ** 2,
      (j) => (bias?.std[j] ?? 0) ** 2,
    ),
  };
}

function onBoard(
  model: BayesianModel,
  options: { fake?: FakeOptions; device?: DeviceModel; average?: number; seed?: number } = {},
) {
  const { fake = {}, device, average, seed = 5 } = options;
  const made = map(model, descriptor(fake.descriptor), device ? { device } : {});
  const used: ConductanceMap =
    average === undefined ? made : { ...made, layers: made.layers.map((layer) => ({ ...layer, average })) };
  const board = fakeBoard(fake);
  hold(board, used);
  return { board, made: used, sampler: posteriorSampler(used, board, { device, seed }) };
}

const samples = 4000;
/** 24 z-scores within ± 4: false alarm below 0.2 %. */
const z = 4;

describe("posterior sampling of one layer", () => {
  const model = denseModel([10, 6], { std: 0.3 });
  const x = inputs(2, 10);

  it.each([
    ["noiseless devices", 0, 1],
    ["devices that give part of the spread", 0.02, 1],
    ["such devices, 4 read-outs averaged", 0.04, 4],
  ])("has mean Σ x µ + b and variance Σ x² σ² + σ_b² on %s", async (_, share, average) => {
    const { sampler } = onBoard(model, {
      device: noisy(share),
      fake: { readSigma: (g) => g * share },
      average,
    });
    const found = await sampler.sample(x, samples);
    expect(found.short).toBe(0);
    [0, 1].forEach((item) => {
      const own = found.values.subarray(item * samples * 6, (item + 1) * samples * 6);
      const scores = zScores(
        momentsOf(own, 6),
        closedForm(model, x.subarray(item * 10, item * 10 + 10)),
        samples,
      );
      expect(largest(scores.mean)).toBeLessThan(z);
      expect(largest(scores.variance)).toBeLessThan(z);
    });
  });

  it("leaves the devices' own variance, divided by the number of read-outs, where it is more than asked, and counts it", async () => {
    const sure = denseModel([10, 6], { std: 0.001 });
    const share = 0.1;
    const variances = await Promise.all(
      [1, 4].map(async (average) => {
        const { sampler } = onBoard(sure, {
          device: noisy(share),
          fake: { readSigma: (g) => g * share },
          average,
        });
        const found = await sampler.sample(x.subarray(0, 10), samples);
        expect(found.short).toBe(6 * samples);
        expect(found.drawn).toBe(6 * samples);
        return momentsOf(found.values, 6).variance;
      }),
    );
    // Ratio of two sample variances of 4000: standard deviation 4 · √(2 · 2/4000) = 0.13; ± 4 of them, 6 outputs: false alarm < 0.04 %.
    for (const [j, one] of variances[0]!.entries())
      expect(Math.abs(one / variances[1]![j]! - 4)).toBeLessThan(4 * 0.13);
  });

  it("uses the noise that was measured instead of the predicted one where it is given", async () => {
    const device = noisy(0.02);
    const { board, made } = onBoard(model, { device, fake: { readSigma: (g) => g * 0.04 }, average: 1 });
    const sampler = posteriorSampler(made, board, { device, seed: 5, measured: [{ noiseRatio: 4 }] });
    const found = await sampler.sample(x.subarray(0, 10), samples);
    const scores = zScores(momentsOf(found.values, 6), closedForm(model, x.subarray(0, 10)), samples);
    expect(largest(scores.variance)).toBeLessThan(z);
  });

  it("asks the board for samples × average repeats of each first-layer input, in one request a block", async () => {
    const seen: Pick<ReadOutRequest, "vectors" | "repeats">[] = [];
    const fake: FakeOptions = {
      before: (name, request) => {
        if (name === "readOut" && request !== undefined && "vectors" in request)
          seen.push({ vectors: request.vectors, repeats: request.repeats });
      },
    };
    const found = await onBoard(model, { fake, average: 3 }).sampler.sample(x, 20);
    expect(seen).toEqual([{ vectors: 2, repeats: 60 }]);
    expect(found.readOuts).toBe(120);
  });
});

describe("posterior sampling of a network", () => {
  const share = 0.02;
  it.each([
    ["three dense layers", denseModel([8, 12, 10, 4], { std: 0.4 }), 8],
    ["convolution, pooling and a dense layer", convModel(), 64],
  ])("agrees with the software reference on logit means and variances: %s", async (_, model, size) => {
    // Images lie in 0 … 1, the domain that the synthetic probes scaled the map for.
    const x = size === 64 ? inputs(2, size).map((value) => Math.min(1, Math.abs(value))) : inputs(2, size);
    const device = noisy(share);
    const { sampler } = onBoard(model, { device, fake: { readSigma: (g) => g * share } });
    const [S, outputs] = [1500, 4];
    const found = await sampler.sample(x, S);
    const wanted = referenceSamples(model, x, S, 77);
    expect(found.short / found.drawn).toBeLessThan(0.01);
    for (const item of [0, 1]) {
      const [a, b] = [found, wanted].map(({ values }) =>
        momentsOf(values.subarray(item * S * outputs, (item + 1) * S * outputs), outputs),
      ) as [ReturnType<typeof momentsOf>, ReturnType<typeof momentsOf>];
      a.mean.forEach((mean, j) => {
        // Two-sample z; 16 of them within ± 4: false alarm 0.1 %. Variances of near-Gaussian logits within 20 %: 4 σ of √(2·2/1500)·1.05.
        expect(Math.abs(mean - b.mean[j]!) / Math.sqrt((a.variance[j]! + b.variance[j]!) / S)).toBeLessThan(
          4,
        );
        expect(Math.abs(a.variance[j]! / b.variance[j]! - 1)).toBeLessThan(0.22);
      });
    }
  });

  it("gives the same samples bit for bit for the same seed, others for another", async () => {
    const model = denseModel([8, 12, 4]);
    const x = inputs(3, 8);
    const fake = { readSigma: (g: number) => g * 0.02 };
    const [a, b, c] = await Promise.all(
      [5, 5, 6].map((seed) => onBoard(model, { fake, seed }).sampler.sample(x, 10)),
    );
    expect(a!.values).toEqual(b!.values);
    expect(a!.values).not.toEqual(c!.values);
  });

  it("gives the same samples however the items are cut into calls", async () => {
    const model = convModel();
    const x = inputs(3, 64);
    const fake = {
      readSigma: (g: number) => g * 0.02,
      descriptor: { dac: { min: 0, max: 255, lsb: volts(0.2 / 255) }, rows: 20 },
    };
    const { sampler } = onBoard(model, { fake });
    const whole = await sampler.sample(x, 7);
    const parts = [
      await sampler.sample(x.subarray(0, 64), 7),
      await sampler.sample(x.subarray(64), 7, { firstItem: 1 }),
    ];
    expect([...parts[0]!.values, ...parts[1]!.values]).toEqual([...whole.values]);
  });

  it("never gives one sample number to two read-outs of a run", async () => {
    const seen = new Set<number>();
    let count = 0;
    const fake: FakeOptions = {
      descriptor: { rows: 20, cols: 20, tiles: 40, dac: { min: 0, max: 255, lsb: volts(0.2 / 255) } },
      before: (name, request) => {
        if (name !== "readOut" || request === undefined || !("vectors" in request)) return;
        for (let s = 0; s < request.vectors * request.repeats; s++) seen.add(request.firstSample + s);
        count += request.vectors * request.repeats;
      },
    };
    const found = await onBoard(convModel(), { fake }).sampler.sample(inputs(3, 64), 5);
    expect(seen.size).toBe(count);
    expect(found.readOuts).toBe(count);
    expect(Math.max(...seen)).toBeLessThan(2 ** 32);
  });

  it("stops with CANCELLED and an idle board when its signal is aborted", async () => {
    const calls: string[] = [];
    const stop = new AbortController();
    const { sampler } = onBoard(denseModel([8, 12, 4]), {
      fake: {
        before: (name) => {
          calls.push(name);
          if (name === "readOut") stop.abort();
          if (stop.signal.aborted && name === "readOut") throw stop.signal.reason;
        },
      },
    });
    await expect(sampler.sample(inputs(3, 8), 4, { signal: stop.signal })).rejects.toMatchObject({
      code: "CANCELLED",
      facts: { doing: "reading out" },
    });
    expect(calls).toEqual(["readOut", "idle"]);
  });

  it("reports progress up to the last item", async () => {
    const marks: number[][] = [];
    await onBoard(denseModel([8, 4])).sampler.sample(inputs(3, 8), 4, {
      onProgress: (done, total) => marks.push([done, total]),
    });
    expect(marks.at(-1)).toEqual([3, 3]);
  });

  it("refuses a board whose converters are not the map's", () => {
    const { made } = onBoard(denseModel([8, 4]));
    const other = fakeBoard({ descriptor: { dac: { min: 0, max: 255, lsb: volts(0.2 / 255) } } });
    expect(() => posteriorSampler(made, other, { seed: 1 })).toThrow(
      /made for a board of profile "fake" .*DAC codes -2047 to 2047.* DAC codes 0 to 255/,
    );
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    "refuses an input of %s, which the board would drive at 0 V or at the rail, in software too",
    async (value) => {
      const x = inputs(2, 8);
      x[11] = value;
      const model = denseModel([8, 4]);
      await expect(onBoard(model).sampler.sample(x, 4)).rejects.toMatchObject({
        code: "NOT_A_QUANTITY",
        facts: { unit: "the input (item 1)" },
      });
      expect(() => referenceSamples(model, x, 4, 1)).toThrow("the input (item 1)");
    },
  );

  it.each([0, -1, 1.5, Number.NaN])("refuses %s samples, on a board and in software", async (samples) => {
    const model = denseModel([8, 4]);
    await expect(onBoard(model).sampler.sample(inputs(1, 8), samples)).rejects.toMatchObject({
      code: "OPTION_INVALID",
      facts: { option: "samples" },
    });
    expect(() => referenceSamples(model, inputs(1, 8), samples, 1)).toThrow(/samples .*at least 1/);
  });

  it("refuses images that are no whole number of items", async () => {
    await expect(onBoard(denseModel([8, 4])).sampler.sample(new Float32Array(9), 4)).rejects.toThrow(
      "items of 8",
    );
  });
});
