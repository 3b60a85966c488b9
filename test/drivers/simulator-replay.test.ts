import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type SimulatorSettings, simulatedCore } from "#drivers";
import { inSiemens } from "#protocol";
import { readOutRequest, whole } from "./simulated.ts";

const [rows, cols, vectors, repeats] = [20, 13, 40, 7];
const samples = vectors * repeats;
const area = whole(rows, cols);
const request = readOutRequest(area, { vectors, repeats, firstSample: 2 ** 32 - 90, range: 2 });

const held = inSiemens(
  Float64Array.from({ length: rows * cols }, (_, i) => (0.5 + ((i * 0.37) % 1) * 9) * 1e-6),
);

async function board(settings: SimulatorSettings) {
  const core = await simulatedCore({ seed: 11, ...settings });
  core.preset(area, held);
  const { max, min } = core.descriptor.dac;
  // The first vectors drive few rows, so that "auto" draws some of them device by device.
  const driven = Int16Array.from({ length: vectors * rows }, (_, i) =>
    Math.floor(i / rows) % 3 === 0 && i % rows > 2 ? 0 : Math.max(min, ((i * 101) % (2 * max + 1)) - max),
  );
  return { core, driven };
}

/** Cuts of 0 … samples into pieces, in some order. */
const pieces = fc.uniqueArray(fc.integer({ min: 1, max: samples - 1 }), { maxLength: 8 }).chain((cuts) => {
  const ends = [0, ...cuts.sort((a, b) => a - b), samples];
  const spans = ends.slice(1).map((end, i) => [ends[i]!, end - ends[i]!] as const);
  return fc.shuffledSubarray(spans, { minLength: spans.length, maxLength: spans.length });
});

const cases: [string, SimulatorSettings][] = [
  ["Gaussian noise from moments", { profile: "pcm-hermes", engine: "moment" }],
  ["Gaussian noise of every device", { profile: "pcm-hermes", engine: "per-device" }],
  ["Laplace noise from moments", { profile: "hfox-tsinghua", engine: "moment" }],
  ["Laplace noise of every device", { profile: "hfox-tsinghua", engine: "per-device" }],
  ["Laplace noise, the engine chosen by vector", { profile: "hfox-tsinghua", engine: "auto" }],
  ["a converter with levels and noise of its own", { profile: "rram-taox-arc" }],
  ["columns with gains and offsets", { profile: "rram-wan2022" }],
  ["no noise", { profile: "ideal" }],
];

describe.each(cases)("%s", (_, settings) => {
  it("gives the same codes, saturations and counts of draws in any order and cut", async () => {
    const { core, driven } = await board(settings);
    const all = core.readOut(request, driven, 0, samples);
    const before = { ...core.drawn };
    await fc.assert(
      fc.asyncProperty(pieces, async (spans) => {
        const other = await board(settings);
        const again = spans.map(([first, count]) => ({
          first,
          ...other.core.readOut(request, driven, first, count),
        }));
        again.sort((a, b) => a.first - b.first);
        expect(again.flatMap(({ codes }) => [...codes])).toEqual([...all.codes]);
        expect(again.reduce((sum, { saturated }) => sum + saturated, 0)).toBe(all.saturated);
        expect(other.core.drawn).toEqual(before);
      }),
      { numRuns: 12, seed: 3 },
    );
  });

  it("gives each of two boards its half, bit for bit, also when other requests come between", async () => {
    const { core, driven } = await board(settings);
    const all = core.readOut(request, driven, 0, samples).codes;
    const [left, right] = [await board(settings), await board(settings)];
    const elsewhere = readOutRequest({ ...area, row: 4, rows: 6, col: 2, cols: 9 }, { range: 2 });
    for (let s = 0; s < samples / 2; s += 10) {
      for (const [half, first] of [
        [left, s],
        [right, samples / 2 + s],
      ] as const) {
        const codes = [...half.core.readOut(request, driven, first, 10).codes];
        expect(codes).toEqual([...all.subarray(first * cols, (first + 10) * cols)]);
        half.core.readOut({ ...elsewhere }, new Int16Array(6).fill(3), 0, 1);
      }
    }
  });
});
