import { describe, expect, it } from "vitest";
import { simulatedCore } from "#drivers";
import { inSiemens, seconds, volts } from "#protocol";
import { meanAndVariance } from "../calibration/statistics.ts";
import { assumed, currents, profileWith, programmed, readOutRequest, whole } from "./simulated.ts";

const one = whole(1, 1);
/** Ideal cells of 10 … 100 µS that wear as the measured one did. */
const wearing = () =>
  profileWith("ideal", (profile) => {
    profile.endurance = { law: "hfox-ni-rram" };
    Object.assign(profile.conductance as object, {
      min: assumed(10, "µS"),
      max: assumed(100, "µS"),
      lsb: assumed(4, "nS"),
    });
  });
const disturbing = (perRead: number) =>
  profileWith("ideal", (profile) => {
    profile.disturb = { perRead: assumed(perRead) };
  });

/** Where full pulses leave a cell that was set and reset `count` times each, in µS. */
async function ends(cycles: number, count = 60): Promise<{ low: number; high: number }> {
  const core = await simulatedCore({ profile: await wearing(), cycles });
  const pulse = { ...one, amplitude: volts(3), width: seconds(1e-6) };
  const after = (polarity: 0 | 1, times: number): number => {
    for (let i = 0; i < times; i++) core.pulse({ ...pulse, polarity });
    return core.conductances(one)[0]! * 1e6;
  };
  after(0, count);
  after(1, count);
  after(0, 20);
  const low = after(1, 20);
  return { low, high: after(0, 20) };
}

// Medians of one cell's record, reference/physics.md §B5, at the geometric middle of their bins, over those of 10³ … 10⁴ cycles:
// 94, 91, 90, 83, 78 µS and 7.5, 7.2, 8.2, 12.1, 10.8 µS.
describe("endurance: the window that pulses can reach", () => {
  it.each([
    [0, 10, 100],
    [31_623, (10 * 7.2) / 7.5, (100 * 91) / 94],
    [173_205, (10 * 8.2) / 7.5, (100 * 90) / 94],
    [424_264, (10 * 12.1) / 7.5, (100 * 83) / 94],
    [774_597, (10 * 10.8) / 7.5, (100 * 78) / 94],
  ])("is the published one after %i cycles: %f … %f µS", async (cycles, low, high) => {
    const reached = await ends(cycles);
    expect(reached.low).toBeCloseTo(low, 2);
    expect(reached.high).toBeCloseTo(high, 2);
  });

  it("narrows by a board's own pulses as by those it had before: 63 246 pulses are 31 623 cycles", async () => {
    const reached = await ends(0, 31_623);
    expect(reached.high).toBeCloseTo((100 * 91) / 94, 2);
    expect(reached.low).toBeCloseTo((10 * 7.2) / 7.5, 2);
  });

  it("leaves targets beyond it unreached: a cell worn to 83 µS of 100 does not settle at 97 µS, and does at 80", async () => {
    const core = await simulatedCore({ profile: await wearing(), cycles: 774_597 });
    const ask = (target: number) =>
      programmed(core, {
        ...one,
        targets: Int16Array.of(target / 4e-3),
        tolerance: 250,
        maxPulses: 100,
        stream: 0,
      } as never);
    expect(ask(97).outcomes[0]).not.toBe(0);
    expect(ask(80).outcomes[0]).toBe(0);
    expect(core.conductances(one)[0]! * 1e6).toBeLessThan(83);
  });

  it("is asked no further than it was measured: the pulse after a million cycles is refused", async () => {
    const core = await simulatedCore({ profile: await wearing(), cycles: 1e6 });
    const pulse = { ...one, polarity: 0, amplitude: volts(3), width: seconds(1e-6) };
    core.pulse(pulse);
    expect(() => core.pulse(pulse)).toThrow(expect.objectContaining({ code: "OUT_OF_MODEL" }));
  });

  it("counts the pulses of program-verify: at a million cycles a cell may still be programmed once", async () => {
    const core = await simulatedCore({ profile: await wearing(), cycles: 1e6 });
    const ask = (target: number) => ({
      ...one,
      ...{ targets: Int16Array.of(target / 4e-3), tolerance: 250, maxPulses: 100 },
    });
    expect(programmed(core, ask(60)).pulses[0]).toBeGreaterThan(0);
    expect(() => programmed(core, ask(30))).toThrow(expect.objectContaining({ code: "OUT_OF_MODEL" }));
  });

  it("is refused as an option where the profile has no law of it", async () => {
    await expect(simulatedCore({ cycles: 10 })).rejects.toMatchObject({
      code: "OPTION_INVALID",
      facts: { option: "cycles" },
    });
  });
});

describe("read disturb", () => {
  const area = whole(4, 3);
  const held = () => inSiemens(Float64Array.from({ length: 12 }, (_, i) => (4 + i) * 1e-6));

  it.each([-1e-5, 2e-5])(
    "moves every cell of a driven row by (1 + %f)^reads, and no cell of another",
    async (perRead) => {
      const core = await simulatedCore({ profile: await disturbing(perRead) });
      core.preset(area, held());
      // Row 0 is driven by both vectors, row 1 by one, row 3 by none.
      const inputs = Int16Array.of(500, -3, 0, 0, 20, 0, 5, 0);
      core.readOut(readOutRequest(area, { vectors: 2, repeats: 700 }), inputs, 0, 1400);
      const reads = [1400, 700, 700, 0];
      core.conductances(area).forEach((g, i) => {
        const expected = (4 + i) * (1 + perRead) ** reads[Math.floor(i / 3)]!;
        expect(g * 1e6).toBeCloseTo(expected, 6);
      });
    },
  );

  it("shows in the next read-out, within 2⁻¹² of the law, however many small ones made it", async () => {
    const core = await simulatedCore({ profile: await disturbing(-1e-5), adcBits: 16 });
    core.preset(area, held());
    const inputs = new Int16Array(4).fill(511);
    const request = readOutRequest(area, { repeats: 10, range: 2 });
    const fresh = currents(core, request, inputs);
    for (let n = 1; n < 500; n++) core.readOut({ ...request }, inputs, 0, 10);
    const worn = currents(core, { ...request }, inputs);
    for (let col = 0; col < 3; col++)
      expect(Math.abs(worn[col]! / fresh[col]! / (1 - 1e-5) ** 5000 - 1)).toBeLessThan(2 ** -12 + 1e-4);
  });

  it("counts reads of cells, is undone by a pulse, and is the same when asked again for lost chunks", async () => {
    const core = await simulatedCore({ profile: await disturbing(1e-4) });
    core.preset(area, held());
    core.readCells({ ...whole(1, 1), repeats: 100 });
    expect(core.conductances(one)[0]! * 1e6).toBeCloseTo(4 * 1.0001 ** 100, 6);
    const request = readOutRequest(area, { repeats: 50 });
    const inputs = new Int16Array(4).fill(511);
    core.readOut(request, inputs, 0, 50);
    core.readOut({ ...request, chunks: [0] } as never, inputs, 0, 50);
    expect(core.conductances(one)[0]! * 1e6).toBeCloseTo(4 * 1.0001 ** 150, 6);
    core.preset(one, inSiemens(Float64Array.of(4e-6)));
    expect(core.conductances(one)[0]! * 1e6).toBeCloseTo(4, 6);
  });

  it("is asked no further than its law: a cell moved by half as much again is refused", async () => {
    const core = await simulatedCore({ profile: await disturbing(1e-3) });
    core.readOut(readOutRequest(area, { repeats: 1001 }), new Int16Array(4).fill(1), 0, 1);
    expect(() => core.conductances(area)).toThrow(expect.objectContaining({ code: "OUT_OF_MODEL" }));
  });
});

describe("a board's temperature", () => {
  const thermal = (law: object) =>
    profileWith("cmo-hfox", (profile) => {
      Object.assign(profile, {
        thermal: { ...law, coldest: assumed(250, "K"), hottest: assumed(400, "K") },
      });
    });
  const area = whole(8, 4);
  const held = () => inSiemens(Float64Array.from({ length: 32 }, (_, i) => (10 + 2 * i) * 1e-6));
  const arrhenius = { law: "arrhenius", activationEnergy: assumed(50, "meV") };
  // exp(−0.05 eV/k (1/350 − 1/300)), k = 8.617333e-5 eV/K: by hand.
  const warmer = 1.318241;

  it.each([
    ["activated carriers of 50 meV", arrhenius, 350, warmer],
    ["activated carriers of 50 meV", arrhenius, 300, 1],
    ["a coefficient of −0.001/K", { law: "linear", coefficient: assumed(-1e-3, "1/K") }, 350, 0.95],
    ["a coefficient of −0.001/K", { law: "linear", coefficient: assumed(-1e-3, "1/K") }, 260, 1.04],
  ])("moves conductances, currents and noise alike: %s", async (_, law, temperature, factor) => {
    const profile = await thermal(law);
    const read = async (at: number) => {
      const core = await simulatedCore({ profile, temperature: at, adcBits: 16, seed: 8 });
      core.preset(area, held());
      const request = readOutRequest(area, { repeats: 4000, range: 2 });
      return { held: core.conductances(area), lines: currents(core, request, new Int16Array(8).fill(127)) };
    };
    const [cold, warm] = await Promise.all([read(300), read(temperature)]);
    cold.held.forEach((g, i) => {
      expect(warm.held[i]! / g).toBeCloseTo(factor, 5);
    });
    for (let col = 0; col < 4; col++) {
      // The same random numbers at both temperatures: every sample goes by the factor, to half a code of rounding.
      const [a, b] = [cold, warm].map(({ lines }) => meanAndVariance(lines.filter((_, i) => i % 4 === col)));
      expect(b!.mean / a!.mean).toBeCloseTo(factor, 4);
      expect(Math.sqrt(b!.variance / a!.variance)).toBeCloseTo(factor, 2);
    }
  });

  it("is what a warm board programs at: cells verified at 350 K are at their targets there, and below them at 300 K", async () => {
    const profile = await profileWith("ideal", (json) => {
      json.thermal = { ...arrhenius, coldest: assumed(250, "K"), hottest: assumed(400, "K") };
    });
    const core = await simulatedCore({ profile, temperature: 350 });
    const lsb = core.descriptor.conductance.lsb;
    const targets = Int16Array.from({ length: 32 }, (_, i) => (5 + i / 3) / (lsb * 1e6));
    const reply = programmed(core, { ...area, targets, tolerance: 50, maxPulses: 200 } as never);
    expect([...reply.outcomes].every((outcome) => outcome === 0)).toBe(true);
    const { conductances } = core.readCells({ ...area, repeats: 1 });
    Array.from(conductances).forEach((seen, i) => {
      expect(Math.abs(seen - targets[i]!)).toBeLessThanOrEqual(50);
    });
    // Cells that are where they should be are left alone, and a pulse below the threshold leaves a warm cell as it is.
    const again = programmed(core, { ...area, targets, tolerance: 50, maxPulses: 200 } as never);
    expect(Math.max(...Array.from(again.pulses))).toBe(0);
    const before = core.conductances(one)[0]!;
    core.pulse({ ...one, polarity: 0, amplitude: volts(0.1), width: seconds(1e-6) });
    expect(core.conductances(one)[0]! / before).toBeCloseTo(1, 6);
  });

  it("is refused outside the profile's range, with the mend", async () => {
    await expect(
      simulatedCore({ profile: await thermal(arrhenius), temperature: 420 }),
    ).rejects.toMatchObject({
      code: "OUT_OF_MODEL",
      message: expect.stringMatching(/temperature of cmo-hfox = 420 lies outside 250 … 400 K/),
    });
  });
});
