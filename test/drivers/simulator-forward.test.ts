import { describe, expect, it } from "vitest";
import { randomStream } from "#calibration";
import { type SimulatedCore, type SimulatorSettings, simulatedCore } from "#drivers";
import { type ForwardPlan, inSiemens, type PlanBlock, type PlanLayer, type Request } from "#protocol";
import { ksCritical, ksTwoSample, meanAndVariance } from "../calibration/statistics.ts";
import { readOutRequest, whole } from "./simulated.ts";

// Seeds are fixed. KS at 1e-5, the other bounds five standard errors (6e-7); a run makes about 150 of them.
const chance = randomStream(20261121, 31);
const [tileRows, tileCols] = [16, 24];

/** A layer of differential pairs on tile `tile`, its rows in two blocks, that asks for as much noise again. */
function layerOf(
  tile: number,
  [inputs, outputs]: readonly [number, number],
  rest: Partial<PlanLayer>,
): PlanLayer {
  const block = (row: number, rows: number): PlanBlock => ({
    ...{ tile, row, col: 2, rows, cols: 2 * outputs, input: row, output: 0 },
  });
  const each = (make: () => number): Float32Array => Float32Array.from({ length: outputs }, make);
  return {
    ...{
      inputs,
      outputs,
      range: 2,
      average: 1,
      signs: [1, -1],
      twoPhases: false,
      relu: true,
      low: 0,
      high: 511,
    },
    blocks: [block(0, 5), block(5, inputs - 5)],
    scale: each(() => 0.35 + 0.1 * chance.uniform()),
    bias: each(() => 90 + 20 * chance.uniform()),
    offset: each(() => 0.01 * chance.uniform()),
    floor: each(() => 2 + 4 * chance.uniform()),
    topUp: {
      codes: Int16Array.from({ length: inputs * outputs }, () => 900 * chance.uniform() - 100),
      lsb: each(() => 2e-7),
    },
    ...rest,
  };
}

const shape = { low: -2048, high: 2047, relu: false } as const;
const plan: ForwardPlan = {
  outputBits: 12,
  layers: [
    layerOf(0, [12, 9], {}),
    layerOf(1, [9, 8], { average: 3 }),
    layerOf(2, [8, 4], { ...shape, topUp: undefined }),
  ],
};
const outputs = 4;
const inputs = Int16Array.from({ length: 3 * 12 }, (_, i) => (i * 101) % 300);

async function board(settings: SimulatorSettings): Promise<SimulatedCore> {
  const core = await simulatedCore({
    seed: 5,
    rows: tileRows,
    cols: tileCols,
    tiles: 3,
    dacBits: 10,
    ...settings,
  });
  for (let tile = 0; tile < 3; tile++) {
    const held = Float64Array.from(
      { length: tileRows * tileCols },
      (_, i) => (2 + ((i * 0.37 + tile) % 1) * 9) * 1e-6,
    );
    core.preset(whole(tileRows, tileCols, tile), inSiemens(held));
  }
  return core;
}

const requestOf = (rest: Partial<Request<"forward">>): Request<"forward"> => ({
  ...{
    plan: 0,
    items: 3,
    samples: 100,
    firstItem: 0,
    seed: 1,
    inputs: new Uint8Array(),
    chunks: [],
    ...rest,
  },
});

/** One layer by plain arithmetic over the board's own read-outs: count × inputs codes → count × outputs codes. */
function plainLayer(
  core: SimulatedCore,
  layer: PlanLayer,
  codes: Int16Array,
  firstSample: number,
): Int16Array {
  const count = codes.length / layer.inputs;
  const sums = new Float64Array(count * layer.outputs);
  for (const [p, phase] of (layer.twoPhases ? [1, -1] : [0]).entries())
    for (const [b, block] of layer.blocks.entries()) {
      const driven = Int16Array.from({ length: count * block.rows }, (_, at) => {
        const code = codes[Math.floor(at / block.rows) * layer.inputs + block.input + (at % block.rows)]!;
        return phase === 0 ? code : Math.max(0, phase! * code);
      });
      const reads = count * layer.average;
      const number = firstSample + (2 * b + p) * 4 * reads;
      const asked = { range: layer.range, vectors: count, repeats: layer.average, firstSample: number };
      core.readOut(readOutRequest(block, asked), driven, 0, reads).codes.forEach((code, at) => {
        const [column, read] = [at % block.cols, Math.floor(at / block.cols)];
        const k = layer.signs.length;
        const to = Math.floor(read / layer.average) * layer.outputs + block.output + Math.floor(column / k);
        sums[to]! += layer.signs[column % k]! * (phase === -1 ? -1 : 1) * code;
      });
    }
  return Int16Array.from(sums, (sum, at) => {
    const [s, j] = [Math.floor(at / layer.outputs), at % layer.outputs];
    let [total, variance] = [0, layer.floor[j]!];
    for (let i = 0; i < layer.inputs; i++) {
      const x = codes[s * layer.inputs + i]!;
      total += x;
      if (layer.topUp) variance += x * x * layer.topUp.codes[i * layer.outputs + j]! * layer.topUp.lsb[j]!;
    }
    const z = layer.scale[j]! * sum + layer.bias[j]! + layer.offset[j]! * total;
    const noisy = z + Math.sqrt(Math.max(0, variance)) * chance.normal();
    return Math.min(
      layer.high,
      Math.max(layer.low, Math.floor((layer.relu ? Math.max(0, noisy) : noisy) + 0.5)),
    );
  });
}

function plainly(
  core: SimulatedCore,
  { layers }: ForwardPlan,
  item: Int16Array,
  samples: number,
): Int16Array {
  const repeated = new Int16Array(samples * item.length).map((_, at) => item[at % item.length]!);
  return layers.reduce<Int16Array>((codes, layer) => plainLayer(core, layer, codes, 1e6), repeated);
}

const column = (codes: ArrayLike<number>, j: number): Float64Array =>
  Float64Array.from({ length: codes.length / outputs }, (_, s) => codes[s * outputs + j]!);

function correlation(a: Float64Array, b: Float64Array): number {
  const [x, y] = [meanAndVariance(a), meanAndVariance(b)];
  return (
    a.reduce((sum, v, i) => sum + (v - x.mean) * (b[i]! - y.mean), 0) /
    a.length /
    Math.sqrt(x.variance * y.variance)
  );
}

/** Means, variances, distributions and correlations of the outputs of both must agree. */
function expectAlike(a: Int16Array, b: Int16Array): void {
  const root = Math.sqrt(a.length / outputs);
  for (let j = 0; j < outputs; j++) {
    const [x, y] = [column(a, j), column(b, j)];
    const [own, wanted] = [meanAndVariance(x), meanAndVariance(y)];
    expect(wanted.variance).toBeGreaterThan(1.5);
    expect(Math.abs(own.mean - wanted.mean) * root).toBeLessThan(
      5 * Math.sqrt(own.variance + wanted.variance),
    );
    expect(Math.abs(own.variance / wanted.variance - 1) * root).toBeLessThan(
      5 * Math.sqrt(2 * (own.kurtosis - 1)),
    );
    expect((ksTwoSample(x, y) * root) / Math.SQRT2).toBeLessThan(ksCritical);
    const next = (j + 1) % outputs;
    const difference = correlation(x, column(a, next)) - correlation(y, column(b, next));
    expect(Math.abs(difference) * root).toBeLessThan(5 * Math.SQRT2);
  }
}

const signed: ForwardPlan = {
  outputBits: 12,
  layers: [
    layerOf(0, [12, 8], { relu: false, low: -511, bias: new Float32Array(8) }),
    layerOf(1, [8, 4], { ...shape, twoPhases: true, signs: [1, -1], average: 2 }),
  ],
};
const threefold: ForwardPlan = {
  outputBits: 12,
  layers: [layerOf(0, [12, 4], { ...shape, signs: [1, 1, -1], topUp: undefined })].map((layer) => ({
    ...layer,
    blocks: layer.blocks.map((block) => ({ ...block, cols: 12 })),
  })),
};

describe("an on-board network has the distribution of its layers computed from read-outs", () => {
  it.each<[string, SimulatorSettings, ForwardPlan]>([
    ["from moments", { profile: "pcm-hermes", engine: "moment" }, plan],
    ["every device", { profile: "pcm-hermes", engine: "per-device" }, plan],
    ["Laplace noise, by vector", { profile: "hfox-tsinghua" }, plan],
    ["columns with gains and offsets", { profile: "rram-wan2022" }, plan],
    ["converters with levels and noise", { profile: "rram-taox-arc" }, plan],
    ["no noise of the devices", { profile: "ideal" }, plan],
    ["signed inputs in two phases", { profile: "pcm-hermes" }, signed],
    ["three devices a weight", { profile: "pcm-hermes" }, threefold],
  ])("%s", async (_, settings, network) => {
    const core = await board(settings);
    // With line resistance, each input has a circuit to be solved.
    const samples = settings.profile === "rram-taox-arc" ? 500 : 3000;
    const item = inputs.subarray(0, 12);
    const { codes } = core.forward(network, requestOf({ items: 1, samples }), item, 0, samples);
    expectAlike(codes, plainly(core, network, item, samples));
  });
});

describe("samples of an on-board network", () => {
  it("are the same alone, in any order, among more or fewer samples, and on another board of the seed", async () => {
    for (const engine of ["moment", "per-device"] as const) {
      const all = (await board({ profile: "pcm-hermes", engine })).forward(
        plan,
        requestOf({}),
        inputs,
        0,
        300,
      );
      const other = await board({ profile: "pcm-hermes", engine });
      for (const [first, count] of [
        [299, 1],
        [150, 149],
        [0, 150],
        [99, 3],
      ] as const) {
        const part = other.forward(plan, requestOf({}), inputs, first, count);
        expect([...part.codes]).toEqual([...all.codes.subarray(first * outputs, (first + count) * outputs)]);
      }
      const fewer = requestOf({ items: 1, samples: 7, firstItem: 2 });
      const alone = other.forward(plan, fewer, inputs.subarray(24), 0, 7);
      expect([...alone.codes]).toEqual([...all.codes.subarray(200 * outputs, 207 * outputs)]);
    }
  });

  it("are independent between samples, items and seeds of the request", async () => {
    const core = await board({ profile: "pcm-hermes" });
    const samples = 4000;
    const same = new Int16Array([...inputs.subarray(0, 12), ...inputs.subarray(0, 12)]);
    const { codes } = core.forward(plan, requestOf({ items: 2, samples }), same, 0, 2 * samples);
    const again = core.forward(
      plan,
      requestOf({ items: 1, samples, seed: 2 }),
      same.subarray(0, 12),
      0,
      samples,
    );
    const half = samples * outputs;
    for (let j = 0; j < outputs; j++) {
      const own = column(codes.subarray(0, half), j);
      for (const other of [column(codes.subarray(half), j), column(again.codes, j)])
        expect(Math.abs(correlation(own, other)) * Math.sqrt(samples)).toBeLessThan(5);
      expect(Math.abs(correlation(own.subarray(1), own.subarray(0, -1))) * Math.sqrt(samples)).toBeLessThan(
        5,
      );
    }
  });

  it("tell what was cut, what stood at the converter's end, and where the devices were noisier than asked", async () => {
    const core = await board({ profile: "ideal" });
    const layer = layerOf(0, [12, 4], { ...shape, topUp: undefined });
    const run = (rest: Partial<PlanLayer>) => {
      const network = { outputBits: 12, layers: [{ ...layer, ...rest }] };
      const { saturated, clipped, short } = core.forward(network, requestOf({ samples: 2 }), inputs, 0, 6);
      return { saturated, clipped, short };
    };
    const quiet = { floor: new Float32Array(4), bias: new Float32Array(4), offset: new Float32Array(4) };
    expect(run(quiet)).toEqual({ saturated: 0, clipped: 0, short: 0 });
    expect(run({ ...quiet, floor: Float32Array.of(-1, 1e-6, 0, -2) })).toEqual({
      saturated: 0,
      clipped: 0,
      short: 12,
    });
    expect(run({ ...quiet, bias: Float32Array.of(1e4, 0, -1e4, 0) })).toEqual({
      saturated: 0,
      clipped: 12,
      short: 0,
    });
    const driven = new Int16Array(36).fill(511);
    const request = readOutRequest({ ...layer.blocks[0]! }, { vectors: 3, repeats: 2 });
    const first = core.readOut(request, driven.subarray(0, 15), 0, 6).saturated;
    const second = readOutRequest({ ...layer.blocks[1]! }, { vectors: 3, repeats: 2 });
    const wanted = first + core.readOut(second, driven.subarray(0, 21), 0, 6).saturated;
    const network = { outputBits: 12, layers: [{ ...layer, range: 0 }] };
    expect(wanted).toBeGreaterThan(0);
    expect(core.forward(network, requestOf({ samples: 2 }), driven, 0, 6).saturated).toBe(wanted);
  });

  it("count as read-outs and take their time once, however often they are asked for", async () => {
    const core = await board({ profile: "pcm-hermes" });
    const before = core.clock.now();
    const request = requestOf({ items: 1, samples: 50 });
    core.forward(plan, request, inputs.subarray(0, 12), 0, 50);
    const took = core.clock.now() - before;
    core.forward(plan, { ...request, chunks: [0] }, inputs.slice(0, 12), 10, 5);
    expect(core.clock.now() - before).toBe(took);
    expect(core.sense().readOuts).toBe(55 * (2 + 2 * 3 + 2));
  });
});
