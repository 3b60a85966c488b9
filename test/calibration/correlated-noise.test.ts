import { describe, expect, it } from "vitest";
import { flickerNoise, type OuState, ouCovariance, ouSpectrum, startOu, stepOu, streams } from "#calibration";
import { seconds } from "#protocol";
import { ksCritical, ksDistance, normalCdf } from "./statistics.ts";

const refused = expect.objectContaining({ code: "OUT_OF_MODEL" });
const band = { sigma: 0.01, fastest: seconds(1e-3), slowest: seconds(100) };
const at = { seed: 5, stream: streams.flicker };

/** Values of all devices at the start and after each span. */
function looks(
  law: ReturnType<typeof flickerNoise>,
  devices: number,
  spans: readonly number[],
): Float32Array[] {
  const state = startOu(law, devices, at);
  const seen = [state.values.slice()];
  spans.forEach((span, i) => {
    stepOu(state, law, { ...at, step: i + 1, span: seconds(span) });
    seen.push(state.values.slice());
  });
  return seen;
}

describe("1/f noise as octave-spaced Ornstein–Uhlenbeck processes", () => {
  it("adds up to σ, with one process an octave", () => {
    const law = flickerNoise(band);
    expect(law.taus).toHaveLength(17);
    expect(law.taus[16]! / law.taus[0]!).toBe(2 ** 16);
    expect(Math.sqrt(ouCovariance(law, seconds(0)))).toBeCloseTo(0.01, 14);
  });

  it("has the spectrum σ_k² / (ln 2 f), less what the outer octaves leave out, to 0.1 % inside and 2 % at the ends", () => {
    const law = flickerNoise(band);
    for (let f = 1e-3; f < 500; f *= 1.3) {
      const omega = 2 * Math.PI * f;
      // ∫ τ / (1 + ω²τ²) d ln τ from half an octave below the fastest to half an octave above the slowest.
      const inBand = Math.atan(omega * 65.536 * Math.SQRT2) - Math.atan((omega * 1e-3) / Math.SQRT2);
      const expected = ((2 / Math.PI) * inBand * law.sigmas[0]! ** 2) / Math.LN2 / f;
      expect(Math.abs(ouSpectrum(law, f) / expected - 1)).toBeLessThan(f > 0.05 && f < 5 ? 1e-3 : 0.02);
    }
  });

  it.each([0.83, 1, 1.21])("falls as 1/f^%f in the middle of its band", (slope) => {
    const law = flickerNoise({ ...band, slowest: seconds(1e4), slope });
    const fall = Math.log(ouSpectrum(law, 0.01) / ouSpectrum(law, 1)) / Math.log(100);
    expect(Math.abs(fall - slope)).toBeLessThan(0.01);
  });

  it("integrates over frequency to its variance", () => {
    const law = flickerNoise({ ...band, slowest: seconds(1) });
    let sum = 0;
    for (let ln = Math.log(1e-6); ln < Math.log(1e6); ln += 0.01)
      sum += ouSpectrum(law, Math.exp(ln + 0.005)) * Math.exp(ln + 0.005) * 0.01;
    expect(sum / 1e-4).toBeCloseTo(1, 3);
  });

  it("has its covariance at irregular intervals, from a microsecond to an hour", () => {
    // 20 000 devices, 28 covariances, each within five standard errors: a false alarm in 6e4 runs.
    const law = flickerNoise(band);
    const devices = 20_000;
    const spans = [1e-6, 0.0017, 0.05, 0.9, 13, 3600];
    const seen = looks(law, devices, spans);
    const times = [0, ...spans.map((_, i) => spans.slice(0, i + 1).reduce((a, b) => a + b))];
    const full = ouCovariance(law, seconds(0));
    for (let a = 0; a < times.length; a++)
      for (let b = a; b < times.length; b++) {
        const expected = ouCovariance(law, seconds(times[b]! - times[a]!));
        let sum = 0;
        for (let d = 0; d < devices; d++) sum += seen[a]![d]! * seen[b]![d]!;
        const error = Math.sqrt((full ** 2 + expected ** 2) / devices);
        expect(Math.abs(sum / devices - expected)).toBeLessThan(5 * error);
      }
  });

  it("changes by 2(C(0) − C(Δ)) in a step far below its fastest time", () => {
    const law = flickerNoise(band);
    const [before, after] = looks(law, 20_000, [1e-6]) as [Float32Array, Float32Array];
    const change = after.reduce((sum, value, d) => sum + (value - before[d]!) ** 2, 0) / after.length;
    const expected = 2 * (ouCovariance(law, seconds(0)) - ouCovariance(law, seconds(1e-6)));
    expect(Math.abs(change / expected - 1)).toBeLessThan(5 * Math.sqrt(2 / 20_000) + 1e-3);
  });

  it("stays normal and independent from device to device (KS at 1e-5, five standard errors)", () => {
    const [, values] = looks(flickerNoise(band), 20_000, [0.3]) as [Float32Array, Float32Array];
    expect(ksDistance(values, (x) => normalCdf(x / 0.01)) * Math.sqrt(20_000)).toBeLessThan(ksCritical);
    let sum = 0;
    for (let d = 1; d < values.length; d++) sum += values[d]! * values[d - 1]!;
    expect(Math.abs(sum / 1e-4 / Math.sqrt(20_000))).toBeLessThan(5);
  });

  it("has the normal's tails: 6.33e-5 beyond 4σ, 6.80e-6 beyond 4.5σ (2e6 values, five standard errors)", () => {
    const seen = looks(flickerNoise(band), 100_000, new Array<number>(19).fill(1e4));
    for (const [limit, share] of [
      [4, 6.334e-5],
      [4.5, 6.795e-6],
    ] as const) {
      const beyond = seen.reduce(
        (sum, values) => sum + values.reduce((count, x) => count + Number(Math.abs(x) > limit * 0.01), 0),
        0,
      );
      expect(Math.abs(beyond - 2e6 * share)).toBeLessThan(5 * Math.sqrt(2e6 * share));
    }
  });

  it("replays bit for bit, whole or a block of devices alone", () => {
    const law = flickerNoise(band);
    const run = (devices: number, block: number): OuState => {
      const state = startOu(law, devices, { ...at, block });
      for (let step = 1; step < 4; step++) stepOu(state, law, { ...at, step, block, span: seconds(step) });
      return state;
    };
    const whole = run(3000, 0);
    expect(run(3000, 0).values).toEqual(whole.values);
    expect(run(1024, 1).values).toEqual(whole.values.subarray(1024, 2048));
  });

  it("refuses slopes outside 0 … 2, empty bands, and spans that run backwards", () => {
    expect(() => flickerNoise({ ...band, slope: 2 })).toThrow(refused);
    expect(() => flickerNoise({ ...band, sigma: -0.1 })).toThrow(refused);
    expect(() => flickerNoise({ ...band, slowest: seconds(1e-4) })).toThrow(refused);
    expect(() => flickerNoise({ ...band, slowest: seconds(1e13) })).toThrow(refused);
    expect(() => looks(flickerNoise(band), 1, [-1])).toThrow(refused);
  });
});
