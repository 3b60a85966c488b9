import { describe, expect, it } from "vitest";
import { simulatedCore } from "#drivers";
import { inSiemens } from "#protocol";
import { currents, readOutRequest, whole } from "./simulated.ts";

const area = whole(12, 5);
/** Conductances in whole nanosiemens, which single precision and the wire both hold closely. */
const conductances = inSiemens(
  Float64Array.from({ length: 60 }, (_, i) => (((i * 7919) % 25_000) + 1) * 1e-9),
);
const inputs = (vectors: number, rows: number, max: number): Int16Array =>
  Int16Array.from({ length: vectors * rows }, (_, i) => ((i * 101) % (2 * max + 1)) - max);

describe("an ideal read-out", () => {
  it("is the rounded product of driven voltages and conductances, in every range", async () => {
    const core = await simulatedCore({ profile: "ideal" });
    core.preset(area, conductances);
    const { adc, dac } = core.descriptor;
    const driven = inputs(3, 12, dac.max);
    for (let range = 1; range < adc.ranges.length; range++) {
      const lsb = adc.ranges[range]! / 2048;
      const { codes, saturated } = core.readOut(readOutRequest(area, { vectors: 3, range }), driven, 0, 3);
      expect(saturated).toBe(0);
      for (let vector = 0; vector < 3; vector++)
        for (let col = 0; col < 5; col++) {
          let current = 0;
          for (let row = 0; row < 12; row++)
            current += driven[vector * 12 + row]! * dac.lsb * conductances[row * 5 + col]!;
          // Within half a code, and a thousandth for single precision.
          expect(Math.abs(codes[vector * 5 + col]! - current / lsb)).toBeLessThan(0.501);
        }
    }
  });

  it("has the quantisation error of a uniform ± half code: variance lsb²/12, within 5 standard errors", async () => {
    const core = await simulatedCore({ profile: "ideal", rows: 64, cols: 64 });
    const on = whole(1, 64);
    const g = inSiemens(Float64Array.from({ length: 64 }, (_, i) => (10 + i * 0.1234567) * 1e-6));
    core.preset(on, g);
    const driven = Int16Array.from({ length: 200 }, (_, i) => i * 2 - 200);
    const { codes } = core.readOut(readOutRequest(on, { vectors: 200 }), driven, 0, 200);
    const lsb = core.descriptor.adc.ranges[0]! / 2048;
    const wrong = Array.from(codes, (code, i) => {
      const exact = (driven[Math.floor(i / 64)]! * core.descriptor.dac.lsb * Math.fround(g[i % 64]!)) / lsb;
      return driven[Math.floor(i / 64)] === 0 ? Number.NaN : code - exact;
    }).filter((error) => !Number.isNaN(error));
    const variance = wrong.reduce((sum, error) => sum + error * error, 0) / wrong.length;
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(5 * Math.sqrt(1 / 180 / wrong.length));
  });

  it("clips at the converter's ends, −2048 and 2047, and counts what stands there", async () => {
    const core = await simulatedCore({ profile: "ideal" });
    const on = whole(8, 3);
    core.preset(on, inSiemens(Float64Array.from({ length: 24 }, (_, i) => (i % 3 === 2 ? 1e-6 : 25e-6))));
    const full = new Int16Array(16).fill(511).fill(-511, 8);
    const { codes, saturated } = core.readOut(readOutRequest(on, { vectors: 2 }), full, 0, 2);
    // 8 · 0.2 V · 1 µS = 1.6 µA of a 10 µA range: 327.68 codes.
    expect([...codes]).toEqual([2047, 2047, 328, -2048, -2048, -328]);
    expect(saturated).toBe(4);
  });

  it("has the converters that its options ask for: 4 bits in, 6 bits out", async () => {
    const core = await simulatedCore({ profile: "ideal", dacBits: 4, adcBits: 6 });
    expect(core.descriptor.dac).toMatchObject({ min: -7, max: 7 });
    expect(core.descriptor.dac.lsb * 7).toBeCloseTo(0.2, 7);
    const on = whole(1, 1);
    core.preset(on, inSiemens(Float64Array.of(20e-6)));
    // 0.2 V · 20 µS = 4 µA of 10 µA in 32 codes: 12.8.
    expect([...core.readOut(readOutRequest(on), Int16Array.of(7), 0, 1).codes]).toEqual([13]);
  });

  it("adds an ordered offset of the converter to every column, also with no row driven", async () => {
    const core = await simulatedCore({ profile: "ideal", faults: { adcOffset: 1e-6 } });
    const { codes } = core.readOut(readOutRequest(area), new Int16Array(12), 0, 1);
    expect([...codes]).toEqual(new Array(5).fill(205)); // 1 µA of 10 µA in 2048 codes: 204.8
  });
});

describe.each(["ideal", "hfox-tsinghua", "pcm-90nm"])("a read-out of %s", (profile) => {
  const request = readOutRequest(area, { vectors: 40, repeats: 7, firstSample: 100, range: 2 });
  const driven = inputs(40, 12, 127);
  const ready = async () => {
    const core = await simulatedCore({ profile, seed: 9 });
    core.preset(area, conductances);
    return core;
  };

  it("gives the same codes whatever the chunks and their order", async () => {
    const all = (await ready()).readOut(request, driven, 0, 280);
    const core = await ready();
    const pieces = [200, 0, 13, 77].map(
      (first) =>
        [first, core.readOut(request, driven, first, { 0: 13, 13: 64, 77: 123, 200: 80 }[first]!)] as const,
    );
    pieces.sort(([a], [b]) => a - b);
    expect(pieces.flatMap(([, { codes }]) => [...codes])).toEqual([...all.codes]);
    expect(pieces.reduce((sum, [, { saturated }]) => sum + saturated, 0)).toBe(all.saturated);
  });

  it("replays bit for bit from its seed", async () => {
    const take = async () => (await ready()).readOut(request, driven, 0, 280).codes;
    expect(await take()).toEqual(await take());
  });

  it("gives the codes it gave before when chunks are asked for again, and takes no time for it", async () => {
    const core = await ready();
    const first = core.readOut(request, driven, 0, 280);
    const after = core.clock.now();
    const again = core.readOut({ ...request, chunks: [1] }, driven.slice(), 70, 70);
    expect(again.codes).toEqual(first.codes.subarray(350, 700));
    expect(core.clock.now()).toBe(after);
  });

  it("numbers its noise by sample: a read-out that starts at sample 121 goes on where vector 3 began", async () => {
    const core = await ready();
    const whole = core.readOut(request, driven, 0, 280);
    const later = { ...request, vectors: 37, firstSample: 121 };
    expect(core.readOut(later, driven.slice(36), 0, 259).codes).toEqual(whole.codes.subarray(105));
  });
});

describe("read noise", () => {
  it("is independent between areas of one tile, at the same sample numbers", async () => {
    const core = await simulatedCore({ profile: "hfox-tsinghua", seed: 2 });
    const corners = [
      [0, 0],
      [0, 8],
      [8, 0],
      [8, 8],
    ].map(([row, col]) => ({ tile: 0, row: row!, col: col!, rows: 8, cols: 8 }));
    const noise = corners.map((on) => {
      core.preset(on, inSiemens(new Float64Array(64).fill(10e-6)));
      const read = currents(
        core,
        readOutRequest(on, { repeats: 4000, range: 3 }),
        new Int16Array(8).fill(127),
      );
      const mean = read.reduce((sum, x) => sum + x, 0) / read.length;
      return read.map((x) => x - mean);
    });
    const power = noise[0]!.reduce((sum, x) => sum + x * x, 0);
    for (let a = 0; a < 4; a++)
      for (let b = a + 1; b < 4; b++) {
        const dot = noise[a]!.reduce((sum, x, i) => sum + x * noise[b]![i]!, 0);
        expect(Math.abs(dot / power) * Math.sqrt(noise[0]!.length)).toBeLessThan(5);
      }
  });

  it("differs from one board to the next", async () => {
    const [a, b] = await Promise.all([1, 2].map((seed) => simulatedCore({ profile: "hfox-tsinghua", seed })));
    const take = (core: typeof a) =>
      currents(core!, readOutRequest(whole(4, 4), { repeats: 50 }), new Int16Array(4).fill(127));
    expect(take(a)).not.toEqual(take(b));
    expect(a!.descriptor.uid).toBe("sim-hfox-tsinghua-1");
  });
});
