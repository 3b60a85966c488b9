import { describe, expect, it } from "vitest";
import { simulatedBoard } from "#drivers";
import { type ForwardRequest, inSiemens, type PlanLayer, type ProgramRequest, siemens } from "#protocol";
import { assumed, profileWith } from "./simulated.ts";

type Json = Record<string, Record<string, unknown>>;
/** rram-taox-arc, which has most laws already, with all others that a profile can have. */
const everything = (accumulating: boolean) =>
  profileWith("rram-taox-arc", (profile) => {
    const json = profile as Json;
    const dac = { gain: 0.01, offset: 0.5, inl: 0.5, dnl: 0.2, noise: 0.3 };
    json.dac!.errors = Object.fromEntries(Object.entries(dac).map(([name, value]) => [name, assumed(value)]));
    json.dac!.feeding = assumed("bit-serial");
    json.disturb = { perRead: assumed(-1e-7) };
    json.columns = { gain: assumed(0.02), offset: assumed(1) };
    const range = { coldest: assumed(280, "K"), hottest: assumed(360, "K") };
    json.thermal = { law: "arrhenius", activationEnergy: assumed(30, "meV"), ...range };
    if (accumulating) json.accumulator = { limit: assumed(300, "µA"), kept: assumed(0.99) };
  });

const area = { tile: 0, row: 3, col: 5, rows: 12, cols: 10 };
const size = area.rows * area.cols;
const programming: ProgramRequest = {
  area,
  targets: inSiemens(Float64Array.from({ length: size }, (_, i) => (20 + ((i * 17) % 90)) * 1e-6)),
  tolerance: siemens(3e-6),
  maxPulses: 40,
};
const codes = Int16Array.from({ length: 4 * area.rows }, (_, i) => (i * 13) % 63);
const layer: PlanLayer = {
  ...{ inputs: 12, outputs: 5, range: 4, average: 2, signs: [1, -1], twoPhases: false, relu: false },
  ...{ low: -256, high: 255, blocks: [{ ...area, input: 0, output: 0 }] },
  scale: new Float32Array(5).fill(0.5),
  bias: new Float32Array(5),
  offset: new Float32Array(5),
  floor: new Float32Array(5),
  topUp: undefined,
};
const running: ForwardRequest = {
  plan: { outputBits: 9, layers: [layer] },
  inputs: codes,
  ...{ items: 4, samples: 6, firstItem: 2, seed: 11 },
};

/** What a board says in one session: programmed in one frame, read, summed up, run as a network, read again. */
async function session(profile: string, maxFrame: number) {
  const board = await simulatedBoard({ profile, temperature: 330, cycles: 30_000, seed: 3, maxFrame });
  const programmed = await board.program(programming);
  const reading = { area, range: 4, codes, vectors: 4, repeats: 25, firstSample: 9 };
  const answers = {
    conductances: Array.from(programmed.conductances),
    first: await board.readOut(reading),
    moments: await board.readMoments(reading),
    network: await board.forward(running),
    last: await board.readOut({ ...reading, firstSample: 1000 }),
  };
  await board.close();
  return answers;
}

describe.each([false, true])(
  "a board with every law that a profile can have (accumulator: %s)",
  (accumulating) => {
    it("says the same, to the last bit, whatever frames carry it", async () => {
      const profile = await everything(accumulating);
      const [wide, narrow] = await Promise.all([session(profile, 32_768), session(profile, 1024)]);
      expect(narrow.conductances).toEqual(wide.conductances);
      expect(narrow.first.codes).toEqual(wide.first.codes);
      expect(narrow.moments.means).toEqual(wide.moments.means);
      expect(narrow.network.codes).toEqual(wide.network.codes);
      expect(narrow.last.codes).toEqual(wide.last.codes);
      expect(new Set(wide.network.codes).size).toBeGreaterThan(10);
      expect(wide.last.codes).not.toEqual(wide.first.codes);
    });
  },
);
