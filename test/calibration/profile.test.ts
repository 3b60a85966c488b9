import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { deviceModel, loadProfile, profileNames, randomStream } from "#calibration";
import { microsiemens, seconds } from "#protocol";

const names = [
  "cmo-hfox",
  "hfox-tsinghua",
  "ideal",
  "pcm-90nm",
  "pcm-hermes",
  "rram-taox-arc",
  "rram-wan2022",
];

type Json = Record<string, Record<string, Record<string, unknown>>>;

/** The ideal profile with one change, in a file of its own. */
async function changed(change: (profile: Json) => void): Promise<string> {
  const profile = JSON.parse(await readFile("profiles/ideal.json", "utf8"));
  change(profile);
  const path = join(await mkdtemp(join(tmpdir(), "mho-profile-")), "changed.json");
  await writeFile(path, JSON.stringify(profile));
  return path;
}
const invalid = (why: RegExp) =>
  expect.objectContaining({ code: "PROFILE_INVALID", message: expect.stringMatching(why) });

describe("the profiles that come with mho", () => {
  it("are seven", async () => {
    expect(await profileNames()).toEqual(names);
  });

  it.each(names)("%s says of every number where it is from", async (name) => {
    const profile = await loadProfile(name);
    expect(profile.name).toBe(name);
    let numbers = 0;
    const visit = (entry: unknown): void => {
      if (typeof entry !== "object" || entry === null) return;
      if ("value" in entry) {
        numbers++;
        expect("source" in entry || "assumed" in entry).toBe(true);
      } else Object.values(entry).forEach(visit);
    };
    visit(profile);
    expect(numbers).toBeGreaterThan(30);
  });

  it.each(names)("%s has ADC ranges from one cell to a full column", async (name) => {
    const { adc, dac, conductance, geometry } = await loadProfile(name);
    const cell = dac.fullScale.value * conductance.max.value;
    const ranges = adc.ranges.value;
    expect(ranges[0]!).toBeGreaterThanOrEqual(cell * 0.999);
    expect(ranges[0]!).toBeLessThanOrEqual(cell * 2.001);
    expect(ranges.at(-1)!).toBeGreaterThanOrEqual(cell * geometry.rows.value * 0.999);
  });

  it("give SI units: hfox-tsinghua spans 2 … 20 µS and reads in 200 µs", async () => {
    const { conductance, times } = await loadProfile("hfox-tsinghua");
    expect(conductance.min.value).toBeCloseTo(2e-6, 15);
    expect(conductance.max.value).toBeCloseTo(20e-6, 15);
    expect(times.readOut.value).toBeCloseTo(200e-6, 12);
  });
});

describe("a profile that does not hold", () => {
  it("is refused by name where there is none, and says which there are", async () => {
    await expect(loadProfile("hafnia")).rejects.toMatchObject({
      code: "PROFILE_UNKNOWN",
      message: expect.stringContaining(names.join(", ")),
    });
    await expect(loadProfile("./none.json")).rejects.toMatchObject({
      code: "FILE_UNREADABLE",
      facts: { why: "ENOENT" },
    });
  });

  it.each([
    ["a number without a source", (p: Json) => delete p.dac!.bits!.assumed, /dac\.bits|source/],
    [
      "an unknown unit",
      (p: Json) => Object.assign(p.times!.readOut!, { unit: "hours" }),
      /times\.readOut\.unit/,
    ],
    ["a field that is not in the schema", (p: Json) => Object.assign(p, { colour: {} }), /colour/],
    [
      "an upside-down window",
      (p: Json) => Object.assign(p.conductance!.min!, { value: 30 }),
      /below conductance\.max/,
    ],
    [
      "a window too wide for its lsb",
      (p: Json) => Object.assign(p.conductance!.max!, { value: 40 }),
      /40000 counts/,
    ],
    [
      "read voltages above the limit",
      (p: Json) => Object.assign(p.dac!.fullScale!, { value: 1 }),
      /readVoltage/,
    ],
    [
      "pulses above the limit",
      (p: Json) => Object.assign(p.pulses!.amplitude!, { value: 9 }),
      /pulseVoltage/,
    ],
    [
      "a law of temperature that leaves out 300 K",
      (p: Json) =>
        Object.assign(p, {
          thermal: {
            law: "arrhenius",
            activationEnergy: { value: 40, unit: "meV", assumed: true },
            coldest: { value: 310, unit: "K", assumed: true },
            hottest: { value: 350, unit: "K", assumed: true },
          },
        }),
      /thermal.*300 K/,
    ],
    [
      "an accumulator that holds nothing",
      (p: Json) =>
        Object.assign(p, {
          accumulator: { limit: { value: 0, unit: "A", assumed: true }, kept: { value: 1, assumed: true } },
        }),
      /accumulator\.limit/,
    ],
    [
      "a DAC whose one bit is its sign, fed bit by bit",
      (p: Json) =>
        Object.assign(p.dac!, {
          bits: { value: 1, assumed: true },
          feeding: { value: "bit-serial", assumed: true },
        }),
      /dac\.bits/,
    ],
    [
      "reads that move a cell by more than a thousandth",
      (p: Json) => Object.assign(p, { disturb: { perRead: { value: 0.01, assumed: true } } }),
      /perRead/,
    ],
  ])("is refused for %s", async (_, change, why) => {
    await expect(loadProfile(await changed(change))).rejects.toEqual(invalid(why));
  });

  it("is refused where it is not JSON", async () => {
    const path = join(await mkdtemp(join(tmpdir(), "mho-profile-")), "broken.json");
    await writeFile(path, "{ name: ");
    await expect(loadProfile(path)).rejects.toEqual(invalid(/JSON/));
  });
});

describe("the device model of a profile", () => {
  it("gives hfox-tsinghua the Laplace law: 0.361 µS at 8 µS, 0.185 µS at 2 µS", async () => {
    const device = deviceModel(await loadProfile("hfox-tsinghua"));
    expect(device.noiseLaw).toBe("laplace");
    expect(device.readSigma(microsiemens(8), seconds(0)) * 1e6).toBeCloseTo(0.361, 3);
    expect(device.readSigma(microsiemens(2), seconds(0)) * 1e6).toBeCloseTo(0.185, 3);
  });

  it("holds the law at the window's upper edge, and lets it fall to nothing at 0 S", async () => {
    const device = deviceModel(await loadProfile("hfox-tsinghua"));
    const sigma = (g: number): number => device.readSigma(microsiemens(g), seconds(0));
    expect(sigma(25)).toBe(sigma(20));
    expect(sigma(1)).toBeCloseTo(sigma(2) / 2, 12);
    expect(sigma(0)).toBe(0);
    expect(sigma(-1)).toBe(0);
  });

  it("splits pcm-90nm's noise so that both parts make up the published marginal: 4.48 % of 25 µS after a day", async () => {
    const device = deviceModel(await loadProfile("pcm-90nm"));
    const [g, day] = [microsiemens(25), seconds(86_400)];
    const fresh = device.readSigma(g, day);
    const lasting = device.persistentSigma(g, day);
    expect(Math.hypot(fresh, lasting) / g).toBeCloseTo(0.0448, 4);
    expect(fresh / g).toBeCloseTo(0.0088 * Math.sqrt(Math.log(1.25e-6 / 0.5e-6)), 10);
  });

  it("draws pcm-90nm's drift exponents around 0.049 ± 0.008 at 25 µS and holds G until 20 s", async () => {
    const device = deviceModel(await loadProfile("pcm-90nm"));
    const random = randomStream(1, 1);
    const nus = Array.from({ length: 20_000 }, () => device.drawNu(microsiemens(25), random));
    const mean = nus.reduce((sum, nu) => sum + nu, 0) / nus.length;
    expect(Math.abs(mean - 0.049)).toBeLessThan((5 * 0.008) / Math.sqrt(nus.length));
    expect(device.drift(microsiemens(25), 0.05, seconds(10))).toBe(microsiemens(25));
    expect(device.drift(microsiemens(25), 0.05, seconds(200)) * 1e6).toBeCloseTo(25 * 10 ** -0.05, 10);
  });
});
