import { describe, expect, it } from "vitest";
import {
  drawFault,
  drifted,
  laplaceScale,
  pcmDriftExponent,
  pcmDriftStart,
  pcmNoiseGathered,
  pcmNoiseSize,
  pcmProgrammingSigma,
  proportionalSigma,
  randomStream,
  relaxationSigma,
} from "#calibration";
import { microamps, microsiemens, seconds, siemens } from "#protocol";

const day = 86_400;
const gMax = microsiemens(25);
const refused = expect.objectContaining({ code: "OUT_OF_MODEL" });

describe("power-law drift", () => {
  it.each([20, 17.825018763, 15.886564694, 14.158915688, 12.61914689])(
    "takes 20 µS with ν = 0.05 to %f µS, a decade of time each",
    (expected) => {
      const decade = [20, 17.825018763, 15.886564694, 14.158915688, 12.61914689].indexOf(expected);
      const g = drifted(microsiemens(20), 0.05, { t: seconds(10 ** decade), t0: seconds(1) });
      expect(g * 1e6).toBeCloseTo(expected, 8);
    },
  );

  it("composes: drifting to t1, then from t1 to t2, is drifting to t2", () => {
    for (const [nu, t1, t2] of [
      [0.05, 3, 1e5],
      [0.1, 1.5, 2],
      [0, 10, 20],
    ] as const) {
      const [start, first, second] = [seconds(1), seconds(t1), seconds(t2)];
      const halfway = drifted(microsiemens(12), nu, { t: first, t0: start });
      const twice = drifted(halfway, nu, { t: second, t0: first });
      expect(twice / drifted(microsiemens(12), nu, { t: second, t0: start })).toBeCloseTo(1, 14);
    }
  });

  it("refuses a time before t0, and a t0 that is not above 0", () => {
    expect(() => drifted(gMax, 0.05, { t: seconds(0.5), t0: seconds(1) })).toThrow(refused);
    expect(() => drifted(gMax, 0.05, { t: seconds(0.5), t0: seconds(0) })).toThrow(refused);
  });
});

// reference/physics.md A1, from aihwkit's PCMLikeNoiseModel; printed to three or four digits.
const pcmTable = [
  {
    r: 0.02,
    sigma: 0.3023,
    mu: 0.085,
    nu: 0.043,
    q: 0.1119,
    at20: 0.468,
    atDay: 0.569,
    kept: [0.643, 0.491, 0.367, 0.297],
  },
  {
    r: 0.1,
    sigma: 0.4482,
    mu: 0.0601,
    nu: 0.0229,
    q: 0.0393,
    at20: 0.165,
    atDay: 0.2,
    kept: [0.732, 0.605, 0.493, 0.424],
  },
  {
    r: 0.25,
    sigma: 0.6814,
    mu: 0.049,
    nu: 0.0114,
    q: 0.0217,
    at20: 0.0907,
    atDay: 0.11,
    kept: [0.775, 0.664, 0.562, 0.497],
  },
  {
    r: 0.5,
    sigma: 0.9527,
    mu: 0.049,
    nu: 0.008,
    q: 0.0138,
    at20: 0.0578,
    atDay: 0.0702,
    kept: [0.775, 0.664, 0.562, 0.497],
  },
  {
    r: 1,
    sigma: 1.0554,
    mu: 0.049,
    nu: 0.008,
    q: 0.0088,
    at20: 0.0368,
    atDay: 0.0448,
    kept: [0.775, 0.664, 0.562, 0.497],
  },
];
const within = (value: number, printed: number): void => {
  const digit = 10 ** -(String(printed).split(".")[1]?.length ?? 0);
  expect(Math.abs(value - printed)).toBeLessThan(digit * 0.8);
};

describe("phase-change memory, 90 nm, table A1", () => {
  it.each(pcmTable)("has σ_prog $sigma µS, ν = $mu ± $nu and Q_s $q at r = $r", ({ r, sigma, mu, nu, q }) => {
    const g = siemens(r * gMax);
    within(pcmProgrammingSigma(g, gMax) * 1e6, sigma);
    within(pcmDriftExponent(g, gMax).mean, mu);
    within(pcmDriftExponent(g, gMax).std, nu);
    within(pcmNoiseSize(g, gMax), q);
  });

  it.each(pcmTable)(
    "has relative 1/f noise $at20 at 20 s and $atDay after a day at r = $r",
    ({ r, at20, atDay }) => {
      const relative = (t: number): number =>
        pcmNoiseSize(siemens(r * gMax), gMax) * Math.sqrt(pcmNoiseGathered(seconds(t)));
      within(relative(20), at20);
      within(relative(day), atDay);
    },
  );

  it.each(pcmTable)(
    "keeps the shares $kept of r = $r after an hour, a day, a month and a year",
    ({ r, kept }) => {
      const g = siemens(r * gMax);
      const { mean } = pcmDriftExponent(g, gMax);
      [3600, day, 30 * day, 365 * day].forEach((t, i) => {
        const left = drifted(g, mean, { t: seconds(t + pcmDriftStart), t0: pcmDriftStart }) / g;
        expect(Math.abs(left - kept[i]!)).toBeLessThan(0.0015);
      });
    },
  );

  it("refuses targets outside 0 … Gmax and times below one read", () => {
    expect(() => pcmProgrammingSigma(microsiemens(26), gMax)).toThrow(refused);
    expect(() => pcmNoiseSize(microsiemens(-1), gMax)).toThrow(refused);
    expect(() => pcmNoiseGathered(seconds(1e-9))).toThrow(refused);
  });
});

describe("Laplace read noise of Lin et al., table B4", () => {
  it.each([
    [0.4, 0.0261, 0.037],
    [0.8, 0.0363, 0.0513],
    [1.6, 0.0511, 0.0723],
    [2.4, 0.0585, 0.0827],
    [2.79, 0.0593, 0.0839],
    [3.2, 0.0584, 0.0826],
    [4, 0.0509, 0.072],
  ])("has scale b(%f µA) = %f µA and σ = %f µA", (current, b, sigma) => {
    const scale = laplaceScale(microamps(current)) * 1e6;
    within(scale, b);
    within(scale * Math.SQRT2, sigma);
  });

  it("refuses currents outside 0.4 … 4 µA, where it was not measured", () => {
    expect(() => laplaceScale(microamps(0.39))).toThrow(refused);
    expect(() => laplaceScale(microamps(4.1))).toThrow(refused);
  });
});

describe("the other laws", () => {
  it("is 0.1 µS for 1 % of 10 µS, and refuses a share above a fifth", () => {
    expect(proportionalSigma(microsiemens(10), 0.01) * 1e6).toBeCloseTo(0.1, 12);
    expect(() => proportionalSigma(microsiemens(10), 0.3)).toThrow(refused);
    expect(() => proportionalSigma(microsiemens(-1), 0.1)).toThrow(refused);
  });

  it("leaves relaxation what verify does not explain: 5² = 3² + 4², with 3√3 accepted uniformly", () => {
    const parts = { total: siemens(5), acceptance: siemens(3 * Math.sqrt(3)), verify: siemens(0) };
    expect(relaxationSigma(parts)).toBeCloseTo(4, 12);
    expect(relaxationSigma({ ...parts, verify: siemens(4) })).toBeCloseTo(0, 6);
    expect(() => relaxationSigma({ ...parts, verify: siemens(4.1) })).toThrow(refused);
  });

  it("draws stuck cells at their shares (binomial, five standard errors)", () => {
    const random = randomStream(1, 1);
    const counts = { none: 0, low: 0, high: 0 };
    for (let i = 0; i < 1e5; i++) counts[drawFault(random, { low: 0.02, high: 0.01 })]++;
    expect(Math.abs(counts.low - 2000)).toBeLessThan(5 * Math.sqrt(1960));
    expect(Math.abs(counts.high - 1000)).toBeLessThan(5 * Math.sqrt(990));
    expect(() => drawFault(random, { low: 0.7, high: 0.4 })).toThrow(refused);
  });
});
