import { describe, expect, it } from "vitest";
import { randomStream } from "#calibration";
import { wireBoard } from "#drivers";
import {
  type CrossbarBoard,
  type ForwardPlan,
  type ForwardRequest,
  inSiemens,
  type PlanLayer,
  siemens,
} from "#protocol";
import { hasCompiler, hostBoard, start } from "./host-board.ts";

const inputs = 12;
const hidden = 6;
const outputs = 3;
const flat = (count: number, value: number): Float32Array => new Float32Array(count).fill(value);

/** Two layers in three blocks: pairs of columns for each output, both phases in the first, an average of reads in the second. */
function twoLayers(): ForwardPlan {
  const first: PlanLayer = {
    ...{
      inputs,
      outputs: hidden,
      range: 1,
      average: 1,
      signs: [1, -1],
      twoPhases: true,
      relu: true,
      low: 0,
      high: 127,
    },
    blocks: [
      { tile: 0, row: 0, col: 4, rows: 7, cols: 12, input: 0, output: 0 },
      { tile: 1, row: 9, col: 20, rows: 5, cols: 12, input: 7, output: 0 },
    ],
    // Powers of two: what is exact in single precision is exact in both.
    scale: flat(hidden, 0.25),
    bias: Float32Array.from({ length: hidden }, (_, j) => 8 * j - 4),
    offset: flat(hidden, 0.0625),
    floor: flat(hidden, 0),
    topUp: undefined,
  };
  const second: PlanLayer = {
    ...{
      inputs: hidden,
      outputs,
      range: 1,
      average: 3,
      signs: [1, 1, -1],
      twoPhases: false,
      relu: false,
      low: -512,
      high: 511,
    },
    blocks: [{ tile: 1, row: 30, col: 0, rows: hidden, cols: 9, input: 0, output: 0 }],
    scale: flat(outputs, 0.125),
    bias: flat(outputs, -3),
    offset: flat(outputs, 0),
    floor: flat(outputs, 0),
    topUp: undefined,
  };
  return { outputBits: 10, layers: [first, second] };
}

/** Signed sums of a layer's columns, read by plain read-outs of its blocks. */
async function sumsOf(board: CrossbarBoard, layer: PlanLayer, x: readonly number[]): Promise<number[]> {
  const sums = new Array<number>(layer.outputs).fill(0);
  for (const phase of layer.twoPhases ? [1, -1] : [0])
    for (const block of layer.blocks) {
      const codes = Int16Array.from({ length: block.rows }, (_, i) => {
        const code = x[block.input + i]!;
        return phase === 0 ? code : Math.max(0, phase * code);
      });
      const once = { area: block, range: layer.range, codes, vectors: 1, repeats: 1, firstSample: 0 };
      const { codes: read } = await board.readOut(once);
      const devices = layer.signs.length;
      read.forEach((code, c) => {
        const sign = layer.signs[c % devices]! * (phase < 0 ? -1 : 1);
        sums[block.output + Math.floor(c / devices)]! += layer.average * sign * code;
      });
    }
  return sums;
}

async function through(board: CrossbarBoard, layer: PlanLayer, x: readonly number[]): Promise<number[]> {
  const sums = await sumsOf(board, layer, x);
  const total = x.reduce((a, b) => a + b, 0);
  return sums.map((sum, j) => {
    const z = layer.scale[j]! * sum + layer.bias[j]! + layer.offset[j]! * total;
    return Math.min(layer.high, Math.max(layer.low, Math.floor((layer.relu ? Math.max(0, z) : z) + 0.5)));
  });
}

async function programAll(board: CrossbarBoard): Promise<void> {
  for (const tile of [0, 1]) {
    const area = { tile, row: 0, col: 0, rows: 40, cols: 40 };
    const targets = inSiemens(Float64Array.from({ length: 1600 }, (_, i) => (3 + ((i * 37) % 90)) * 1e-6));
    await board.program({ area, targets, tolerance: siemens(3e-6), maxPulses: 200 });
  }
}

const run = (
  plan: ForwardPlan,
  more: Partial<ForwardRequest> & { inputs: Int16Array; items: number },
): ForwardRequest => ({
  ...{ plan, samples: 1, firstItem: 0, seed: 3 },
  ...more,
});

describe.skipIf(!hasCompiler)("networks on the C firmware (needs gcc and make)", async () => {
  const program = hasCompiler ? await hostBoard() : "";
  const open = (...options: string[]) => wireBoard(start(program, ...options).transport);

  it.each([
    ["both ways", []],
    ["one way only, the rest in the second phase", ["-DDAC_MIN=0"]],
  ])(
    "compute what their formula says of the codes that plain read-outs give, rows driven %s",
    async (_, constants) => {
      await using board = await wireBoard(start(await hostBoard(...constants), "--noise", "0").transport);
      await programAll(board);
      const plan = twoLayers();
      const chance = randomStream(9, 1);
      const items = 20;
      const codes = Int16Array.from({ length: items * inputs }, () =>
        chance.uniform() < 0.3 ? 0 : Math.floor(chance.uniform() * 255) - 127,
      );
      const wanted: number[] = [];
      for (let item = 0; item < items; item++) {
        let x: number[] = [...codes.subarray(item * inputs, (item + 1) * inputs)];
        for (const layer of plan.layers) x = await through(board, layer, x);
        wanted.push(...x);
      }
      const { codes: found, short } = await board.forward(run(plan, { items, inputs: codes }));
      expect([...found]).toEqual(wanted);
      expect(new Set(wanted).size).toBeGreaterThan(30);
      expect(short).toBe(0);
    },
  );

  it("add the noise that is asked for: its variance from inputs and floor, the same for the same address, fresh for another", async () => {
    await using board = await open("--noise", "0");
    const layer: PlanLayer = {
      ...{
        inputs: 2,
        outputs: 5,
        range: 1,
        average: 1,
        signs: [1],
        twoPhases: false,
        relu: false,
        low: -32768,
        high: 32767,
      },
      blocks: [],
      scale: flat(5, 0),
      bias: flat(5, 0),
      offset: flat(5, 0),
      floor: Float32Array.of(1e4, 0, 0, -1e6, 2e4),
      topUp: { codes: Int16Array.of(3, 3, 0, 1, 1, 0, 4, 0, 0, 2), lsb: Float32Array.of(1, 2, 1, 1, 0.5) },
    };
    const plan = { outputBits: 16, layers: [layer] };
    const samples = 6000;
    const request = run(plan, { items: 1, inputs: Int16Array.of(100, -50), samples });
    const { codes, short } = await board.forward(request);
    const variances = [1e4 + 3e4, 2 * (3e4 + 4 * 2500), 0, 0, 2e4 + 0.5 * (1e4 + 5000)];
    variances.forEach((variance, j) => {
      const column = Array.from({ length: samples }, (_, s) => codes[s * 5 + j]!);
      const mean = column.reduce((a, b) => a + b, 0) / samples;
      const found = column.reduce((sum, code) => sum + code * code, 0) / samples;
      // 5 standard errors of a mean and of a variance of Gaussians: wrong once in a million runs; the seed is fixed.
      expect(Math.abs(mean)).toBeLessThanOrEqual(5 * Math.sqrt(variance / samples));
      expect(Math.abs(found - variance)).toBeLessThanOrEqual(
        5 * variance * Math.sqrt(2 / samples) + (variance > 0 ? 1 : 0),
      );
    });
    expect(short).toBe(samples);
    expect((await board.forward(request)).codes).toEqual(codes);
    const other = (await board.forward({ ...request, firstItem: 1 })).codes;
    // Correlation of the two runs' first outputs, of 6000: below 5 / sqrt(6000).
    const product = Array.from({ length: samples }, (_, s) => codes[s * 5]! * other[s * 5]!);
    const correlation = product.reduce((a, b) => a + b, 0) / samples / variances[0]!;
    expect(Math.abs(correlation)).toBeLessThan(5 / Math.sqrt(samples));
  });
});
