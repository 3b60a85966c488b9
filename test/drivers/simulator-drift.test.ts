import { describe, expect, it } from "vitest";
import { virtualClock } from "#calibration";
import { simulatedCore } from "#drivers";
import { inSiemens, seconds } from "#protocol";
import { meanAndVariance } from "../calibration/statistics.ts";
import { currents, readOutRequest, whole } from "./simulated.ts";

const day = 86_400;
const area = whole(64, 64);
const held = (microsiemens: number) => inSiemens(new Float64Array(4096).fill(microsiemens * 1e-6));

describe("drift of pcm-90nm", () => {
  // reference/physics.md A1: kept fraction after an hour and a day, and σ_read/g of the 1/f noise after a day.
  it.each([
    [25, 0.775, 0.664, 0.0448],
    [12.5, 0.775, 0.664, 0.0702],
    [2.5, 0.732, 0.605, 0.2],
  ])(
    "keeps of %f µS the published shares %f after an hour and %f after a day, with 1/f noise of %f",
    async (microsiemens, hour, afterDay, noise) => {
      const clock = virtualClock();
      const core = await simulatedCore({ profile: "pcm-90nm", seed: 3 }, clock);
      core.preset(area, held(microsiemens));
      for (const [t, kept] of [
        [3600, hour],
        [day, afterDay],
      ] as const) {
        clock.advance(seconds(t + 20 - clock.now()));
        // The median: 4.5 of a thousand cells are stuck at 25 µS and would pull a mean of 1.5 µS by 4 %.
        const median = core.conductances(area).sort()[2048]! / (microsiemens * 1e-6);
        expect(Math.abs(median - kept)).toBeLessThan(0.015);
      }
      const once = core.readCells({ ...area, repeats: 1 }).conductances;
      const relative = Array.from(once, (count) => (count * 1e-9) / (microsiemens * 1e-6 * afterDay));
      relative.sort((a, b) => a - b);
      const middle = relative[Math.floor(0.8413 * 4096)]! - relative[Math.floor(0.1587 * 4096)]!;
      const spreadOfNu = { 25: 0.008, 12.5: 0.008, 2.5: 0.0229 }[microsiemens]! * Math.log((day + 20) / 20);
      expect(middle / 2 / Math.hypot(noise, spreadOfNu)).toBeGreaterThan(0.93);
      expect(middle / 2 / Math.hypot(noise, spreadOfNu)).toBeLessThan(1.07);
    },
  );

  it("shows in read-outs as it shows in the cells, to within the stated 2^-12", async () => {
    const clock = virtualClock();
    const core = await simulatedCore({ profile: "pcm-90nm", seed: 3, adcBits: 16 }, clock);
    core.preset(area, held(20));
    const on = { ...area, cols: 4 };
    const driven = new Int16Array(64).fill(127);
    for (const t of [1, 30, 300, 301, 302, 3000, day]) {
      clock.advance(seconds(t - clock.now()));
      const now = core.conductances(on);
      const read = currents(core, readOutRequest(on, { repeats: 400, range: 5 }), driven);
      for (let col = 0; col < 4; col++) {
        let sum = 0;
        for (let row = 0; row < 64; row++) sum += now[row * 4 + col]! * 127 * core.descriptor.dac.lsb;
        const { mean, variance } = meanAndVariance(read.filter((_, i) => i % 4 === col));
        const error = Math.abs(mean / sum - 1);
        expect(error).toBeLessThan(2 ** -12 + (5 * Math.sqrt(variance / 400)) / sum + 1e-4);
      }
    }
  });

  it("does not touch a board without drift: a month later hfox-tsinghua holds what it held", async () => {
    const clock = virtualClock();
    const core = await simulatedCore({ profile: "hfox-tsinghua" }, clock);
    core.preset(area, held(10));
    const before = core.conductances(area);
    clock.advance(seconds(30 * day));
    expect(core.conductances(area)).toEqual(before);
  });
});

describe("time and restarts", () => {
  it("passes by the profile's durations: 1000 read-outs of 200 µs are 0.2 s, 50 cell reads 10 ms", async () => {
    const core = await simulatedCore({ profile: "hfox-tsinghua" });
    currents(core, readOutRequest(whole(8, 8), { vectors: 10, repeats: 100 }), new Int16Array(80));
    expect(core.clock.now()).toBeCloseTo(0.2, 9);
    core.readCells({ ...whole(5, 5), repeats: 2 });
    expect(core.clock.now()).toBeCloseTo(0.21, 9);
    expect(core.sense()).toMatchObject({ readOuts: 1000, pulses: 0, ticks: 0.21 * 50e6 });
  });

  it("keeps the cells over a restart, under another boot id that replays, with counts from 0", async () => {
    const core = await simulatedCore({ profile: "ideal", seed: 4 });
    core.preset(area, held(10));
    const { bootId, uid } = core.descriptor;
    core.reboot();
    expect(core.descriptor.bootId).not.toBe(bootId);
    expect(core.descriptor.uid).toBe(uid);
    expect(core.conductances(area)[7]! * 1e6).toBeCloseTo(10, 5);
    expect(core.sense()).toMatchObject({ pulses: 0, readOuts: 0, idle: 1 });
    expect((await simulatedCore({ profile: "ideal", seed: 4 })).descriptor.bootId).toBe(bootId);
  });
});
