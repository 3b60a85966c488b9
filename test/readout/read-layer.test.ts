import { describe, expect, it } from "vitest";
import { microamps, siemens, volts } from "#protocol";
import { map, type WeightCode } from "../../src/mapping/index.ts";
import type { DenseLayer } from "../../src/model/index.ts";
import { readLayer } from "../../src/readout/index.ts";
import { descriptor, fakeBoard, hold } from "../fake-board.ts";
import { denseModel, inputs } from "../mapping/models.ts";

const model = denseModel([40, 12]);
const weights = (model.layers[0] as DenseLayer).weight.mean;
const x = inputs(5, 40);

/** x · Wᵀ in double precision: what a layer's read-out should give without noise. */
function exact(vectors: Float32Array): number[] {
  return Array.from({ length: (vectors.length / 40) * 12 }, (_, at) => {
    const [v, j] = [Math.floor(at / 12), at % 12];
    let sum = 0;
    for (let i = 0; i < 40; i++) sum += vectors[v * 40 + i]! * weights[j * 40 + i]!;
    return sum;
  });
}

const reading = { repeats: 1, firstSample: 0 };

async function read(
  changes: Parameters<typeof descriptor>[0] = {},
  options: { code?: WeightCode; vectors?: Float32Array } = {},
) {
  const { code, vectors = x } = options;
  const made = map(model, descriptor(changes), { probes: vectors, ...(code ? { code } : {}) });
  const board = fakeBoard({ descriptor: changes });
  hold(board, made);
  return { ...(await readLayer(board, made.layers[0]!, vectors, reading)), layer: made.layers[0]! };
}

function largestError(found: ArrayLike<number>, wanted: ArrayLike<number>): number {
  return Array.from(found).reduce((most, value, k) => Math.max(most, Math.abs(value - wanted[k]!)), 0);
}

describe("reading a layer out", () => {
  it("gives the weights' product with the inputs as they were driven, to a few ADC codes", async () => {
    const { outputs, driven, saturated, clipped, readOuts } = await read();
    expect(largestError(outputs, exact(driven))).toBeLessThan(2e-3);
    expect(largestError(driven, x)).toBeLessThan((0.51 * (1.1 * 3.5)) / 2047);
    expect([saturated, clipped, readOuts]).toEqual([0, 0, 5]);
  });

  it("gives the same from many small tiles as from one large one", async () => {
    const one = await read({ rows: 64, cols: 64 });
    const many = await read({ rows: 7, cols: 10, tiles: 20 });
    expect(many.layer.blocks.length).toBe(18);
    expect(many.readOuts).toBe(5 * 18);
    expect(largestError(many.outputs, one.outputs)).toBeLessThan(2e-3);
  });

  it("reads signed inputs in two phases where the board drives only upwards, with the same result", async () => {
    const unipolar = { dac: { min: 0, max: 2047, lsb: volts(0.2 / 2047) } };
    const two = await read(unipolar);
    expect(two.readOuts).toBe(10);
    expect(largestError(two.outputs, (await read()).outputs)).toBeLessThan(2e-3);
  });

  it("reads inputs that are never negative in one phase there", async () => {
    const positive = x.map(Math.abs);
    const unipolar = { dac: { min: 0, max: 2047, lsb: volts(0.2 / 2047) } };
    const once = await read(unipolar, { vectors: positive });
    expect(once.readOuts).toBe(5);
    expect(largestError(once.outputs, exact(once.driven))).toBeLessThan(2e-3);
  });

  it("subtracts the offset of three devices a weight", async () => {
    const code: WeightCode = { signs: [1, 1, 1], offset: siemens(33e-6) };
    const { outputs, driven } = await read({}, { code });
    expect(largestError(outputs, exact(driven))).toBeLessThan(2e-2);
  });

  it("counts inputs cut at the DAC's range and codes at the ADC's end", async () => {
    const made = map(model, descriptor(), { probes: x });
    const board = fakeBoard();
    hold(board, made);
    const tenfold = await readLayer(
      board,
      made.layers[0]!,
      x.map((value) => 10 * value),
      reading,
    );
    const cut = x.filter((value) => Math.abs(10 * value) > 2047.5 * made.layers[0]!.inputLsb).length;
    expect(tenfold.clipped).toBe(cut);
    const narrow = await readLayer(
      fakeBoard({ cells: board.cells, descriptor: { adc: { bits: 16, ranges: [microamps(1e-3)] } } }),
      { ...made.layers[0]!, range: 0 },
      x,
      reading,
    );
    expect(narrow.saturated).toBeGreaterThan(100);
  });

  it("cuts negative inputs of a layer that was mapped as never negative, and counts them", async () => {
    const positive = x.map(Math.abs);
    const made = map(model, descriptor(), { probes: positive });
    const read = await readLayer(
      fakeBoard(),
      made.layers[0]!,
      positive.map((value, k) => (k < 7 ? -1 : value)),
      reading,
    );
    expect(read.clipped).toBe(7);
    expect(read.driven[0]).toBe(0);
  });

  it("numbers the read-outs of each block and phase on their own", async () => {
    const changes = { rows: 20, cols: 24, tiles: 2, dac: { min: 0, max: 2047, lsb: volts(0.2 / 2047) } };
    const made = map(model, descriptor(changes), { probes: x });
    const seen: [number, number][] = [];
    const board = fakeBoard({
      descriptor: changes,
      before: (name, request) => {
        if (name === "readOut" && request !== undefined && "firstSample" in request)
          seen.push([request.firstSample, request.vectors * request.repeats]);
      },
    });
    await readLayer(board, made.layers[0]!, x, { repeats: 3, firstSample: 100, stride: 50 });
    expect(seen).toEqual([
      [100, 15],
      [150, 15],
      [200, 15],
      [250, 15],
    ]);
  });

  it("refuses inputs that are no whole number of vectors", async () => {
    const made = map(model, descriptor(), { probes: x });
    await expect(readLayer(fakeBoard(), made.layers[0]!, new Float32Array(41), reading)).rejects.toThrow(
      "vectors of 40",
    );
  });
});
