import { describe, expect, it } from "vitest";
import { Refusal, simulatedCore, simulatorOptionsOf } from "#drivers";
import { descriptorOf, helloOf, inSiemens } from "#protocol";
import { whole } from "./simulated.ts";

describe("a sim: URL", () => {
  it("is the ideal board with seed 1 where nothing is asked", () => {
    expect(simulatorOptionsOf("sim:")).toMatchObject({
      profile: "ideal",
      seed: 1,
      clock: "virtual",
      engine: "auto",
    });
  });

  it("gives profile, seed, geometry, converters and ordered faults", () => {
    const faults = encodeURIComponent('{"deadRows":[{"tile":0,"row":3}]}');
    const url = `sim:?profile=hfox-tsinghua&seed=7&tiles=4&rows=64&cols=32&adcBits=10&faults=${faults}`;
    expect(simulatorOptionsOf(url)).toMatchObject({
      profile: "hfox-tsinghua",
      seed: 7,
      tiles: 4,
      rows: 64,
      cols: 32,
      adcBits: 10,
      faults: { deadRows: [{ tile: 0, row: 3 }], deadCols: [], adcOffset: 0 },
    });
  });

  it.each([
    ["sim:?seed=minus", /seed/],
    ["sim:?seed=-1", /seed/],
    ["sim:?sede=1", /sede/],
    ["sim:?adcBits=40", /adcBits/],
    ["sim:?clock=atomic", /clock/],
    ["sim:?faults={", /JSON/],
    ["sim:board?seed=1", /begin with sim:/],
    ["tcp://localhost", /begin with sim:/],
  ])("refuses %s and says why", (url, why) => {
    expect(() => simulatorOptionsOf(url)).toThrow(
      expect.objectContaining({ code: "URL_INVALID", message: expect.stringMatching(why) }),
    );
  });
});

describe("the descriptor of a simulated board", () => {
  it.each(["ideal", "hfox-tsinghua", "pcm-90nm"])(
    "of %s survives the wire unchanged and says simulated",
    async (profile) => {
      const { descriptor } = await simulatedCore({ profile, seed: 2 ** 53 - 1 });
      expect(descriptor.source).toBe("simulated");
      expect(descriptor.uid.length).toBeLessThanOrEqual(32);
      const known = descriptorOf(helloOf(descriptor));
      expect(known.dac).toEqual(descriptor.dac);
      expect(known.adc).toEqual(descriptor.adc);
      expect(known.conductance.lsb).toBe(descriptor.conductance.lsb);
      expect(known.conductance.max).toBeCloseTo(descriptor.conductance.max, 12);
    },
  );

  it("takes the geometry that its options ask for", async () => {
    const { descriptor } = await simulatedCore({ tiles: 3, rows: 16, cols: 8 });
    expect(descriptor).toMatchObject({ tiles: 3, rows: 16, cols: 8, profile: "ideal" });
  });

  it("refuses an area that leaves the tile", async () => {
    const core = await simulatedCore({ rows: 16, cols: 8 });
    expect(() => core.preset(whole(17, 1), inSiemens(new Float64Array(17)))).toThrow(Refusal);
  });
});
