import { describe, expect, it } from "vitest";
import {
  allanDeviation,
  autocorrelation,
  fft,
  fitCorrelatedNoise,
  flickerNoise,
  mainsPickup,
  ouCovariance,
  randomStream,
  simulatedReads,
  spectrumSlope,
  welch,
  withoutTrend,
} from "#calibration";
import { seconds } from "#protocol";

const refused = expect.objectContaining({ code: "OUT_OF_MODEL" });
const random = randomStream(4, 33);
const whiteNoise = (n: number): Float64Array => Float64Array.from({ length: n }, () => random.normal());
/** Times about `interval` apart, jittered by `jitter` of it. */
const jittered = (n: number, interval: number, jitter: number): Float64Array =>
  Float64Array.from({ length: n }, (_, i) => interval * (i + jitter * random.uniform()));
const none = { taus: new Float64Array(0), sigmas: new Float64Array(0) };

describe("the Fourier transform", () => {
  it("is the sum Σ x_n e^(−2πikn/N) to 1e-12", () => {
    const [x, y] = [whiteNoise(16), whiteNoise(16)];
    const [re, im] = [x.slice(), y.slice()];
    fft(re, im);
    for (let k = 0; k < 16; k++) {
      let [a, b] = [0, 0];
      for (let n = 0; n < 16; n++) {
        const [c, s] = [Math.cos((2 * Math.PI * k * n) / 16), -Math.sin((2 * Math.PI * k * n) / 16)];
        a += x[n]! * c - y[n]! * s;
        b += x[n]! * s + y[n]! * c;
      }
      expect(re[k]).toBeCloseTo(a, 12);
      expect(im[k]).toBeCloseTo(b, 12);
    }
  });

  it("keeps the energy (Parseval) over 2^15 points, and refuses other lengths", () => {
    const x = whiteNoise(2 ** 15);
    const [re, im] = [x.slice(), new Float64Array(2 ** 15)];
    fft(re, im);
    const energy = (a: Float64Array): number => a.reduce((sum, v) => sum + v * v, 0);
    expect((energy(re) + energy(im)) / 2 ** 15 / energy(x)).toBeCloseTo(1, 12);
    expect(() => fft(new Float64Array(12), new Float64Array(12))).toThrow(refused);
  });
});

describe("the spectrum", () => {
  it("of white noise is flat at 2Δσ², its slope within five standard errors of 0", () => {
    const spectrum = welch(whiteNoise(2 ** 17), { interval: seconds(0.01), segment: 1024 });
    const mean = spectrum.density.subarray(2).reduce((sum, s) => sum + s, 0) / (spectrum.density.length - 2);
    expect(Math.abs(mean / 0.02 - 1)).toBeLessThan(5 * Math.sqrt(2 / 2 ** 17));
    // ln S of 255 segments at 490 frequencies scatters by 0.075; its slope over them by about 0.004.
    expect(Math.abs(spectrumSlope(spectrum, { from: 2, to: 50 }))).toBeLessThan(0.02);
  });

  it("of simulated 1/f noise falls with slope −1 from 0.05 to 2 Hz: ± 0.05, 16 devices of 2^14 reads", () => {
    const law = flickerNoise({ sigma: 0.01, fastest: seconds(4e-3), slowest: seconds(200) });
    const times = Float64Array.from({ length: 2 ** 14 }, (_, i) => i * 0.01);
    const reads = simulatedReads({ mean: 1, processes: law, white: 0, pickup: undefined }, times, {
      traces: 16,
      seed: 2,
    });
    const slopes = Array.from({ length: 16 }, (_, k) =>
      spectrumSlope(
        welch(reads.subarray(k * 2 ** 14, (k + 1) * 2 ** 14), { interval: seconds(0.01), segment: 4096 }),
        { from: 0.05, to: 2 },
      ),
    );
    expect(Math.abs(slopes.reduce((sum, s) => sum + s, 0) / 16 + 1)).toBeLessThan(0.05);
  });

  it("refuses segments longer than the reads, and bands without two frequencies", () => {
    expect(() => welch(whiteNoise(64), { interval: seconds(1), segment: 128 })).toThrow(refused);
    const spectrum = welch(whiteNoise(64), { interval: seconds(1), segment: 64 });
    expect(() => spectrumSlope(spectrum, { from: 3, to: 4 })).toThrow(refused);
  });
});

describe("stability in time", () => {
  it("of white noise averages as σ/√m (five standard errors)", () => {
    const deviations = allanDeviation(whiteNoise(40_000), [1, 4, 16, 64]);
    [1, 4, 16, 64].forEach((m, i) => {
      const error = 5 * Math.sqrt((3 * m) / 40_000 / 4);
      expect(Math.abs(deviations[i]! * Math.sqrt(m) - 1)).toBeLessThan(error);
    });
  });

  it("of a steady drift d a read is m d / √2", () => {
    const ramp = Float64Array.from({ length: 1000 }, (_, i) => 0.3 * i);
    allanDeviation(ramp, [1, 10, 100]).forEach((deviation, i) => {
      expect(deviation).toBeCloseTo((0.3 * 10 ** i) / Math.SQRT2, 9);
    });
    expect(() => allanDeviation(ramp, [501])).toThrow(refused);
  });

  it("has the autocorrelation 1, 0, −1 of a wave at a quarter of the read rate", () => {
    const wave = Float64Array.from({ length: 4000 }, (_, i) => Math.sin((Math.PI / 2) * i + 0.3));
    [1, 0, -1].forEach((r, lag) => {
      expect(autocorrelation(wave, [lag])[0]).toBeCloseTo(r, 2);
    });
    expect(() => autocorrelation(wave, [4000])).toThrow(refused);
  });

  it("loses a cubic in time at any spacing, to 1e-12 of it", () => {
    const times = jittered(500, 0.1, 0.9);
    const values = times.map((t) => 3 + t - 0.2 * t ** 2 + 0.01 * t ** 3);
    for (const left of withoutTrend({ times, values })) expect(Math.abs(left)).toBeLessThan(1e-9);
    expect(() => withoutTrend({ times: times.toReversed(), values })).toThrow(refused);
    expect(() => withoutTrend({ times, values: values.with(7, Number.NaN) })).toThrow(refused);
  });
});

describe("the noise fit", () => {
  const times = jittered(8192, 0.047, 0.04);

  it("finds again the noise it simulated: white part within 3 %, mean covariance at 1 s within 30 %", () => {
    const processes = flickerNoise({ sigma: 0.008, fastest: seconds(0.05), slowest: seconds(40) });
    const traces = 4;
    const model = { mean: 1, processes, white: 0.01, pickup: undefined };
    const reads = simulatedReads(model, times, { traces, seed: 5 });
    // What is faster than a read or two cannot be told from white noise: they are compared together.
    const fast = (noise: typeof processes, white: number): number =>
      Math.sqrt(white ** 2 + ouCovariance(noise, seconds(0)) - ouCovariance(noise, seconds(0.2)));
    let slow = 0;
    for (let k = 0; k < traces; k++) {
      const fit = fitCorrelatedNoise({
        times,
        values: reads.subarray(k * times.length, (k + 1) * times.length),
      });
      expect(fit.pickup).toBeUndefined();
      expect(Math.abs(fast(fit.processes, fit.white) / fast(processes, 0.01) - 1)).toBeLessThan(0.03);
      slow += ouCovariance(fit.processes, seconds(1)) / traces;
    }
    // 385 s hold ten times the slowest process: one recording's covariance scatters by a quarter.
    expect(Math.abs(slow / ouCovariance(processes, seconds(1)) - 1)).toBeLessThan(0.3);
  });

  it("calls white noise white: no process above a fifth of it", () => {
    const values = simulatedReads({ mean: 1, processes: none, white: 0.01, pickup: undefined }, times, {
      traces: 1,
      seed: 6,
    });
    const fit = fitCorrelatedNoise({ times, values });
    expect(ouCovariance(fit.processes, seconds(0.2)) / fit.white ** 2).toBeLessThan(0.04);
  });

  it("tells mains hum from its alias by the irregular times, its size within a fifth over 8 traces", () => {
    const pickup = { frequency: 50.02, sigma: 0.005, tau: 20 };
    const traces = 8;
    const reads = simulatedReads({ mean: 1, processes: none, white: 0.01, pickup }, times, {
      traces,
      seed: 7,
    });
    const found = Array.from({ length: traces }, (_, k) => {
      const values = reads.subarray(k * times.length, (k + 1) * times.length);
      return mainsPickup({ times, values: withoutTrend({ times, values }) }, 50)!;
    });
    // 385 s hold 20 wanderings of 20 s: σ² scatters by a quarter a trace.
    for (const { frequency } of found) expect(Math.abs(frequency - 50.02)).toBeLessThan(0.03);
    const size = found.reduce((sum, { sigma }) => sum + sigma ** 2 / traces, 0);
    expect(Math.abs(Math.sqrt(size) / 0.005 - 1)).toBeLessThan(0.2);
    expect(mainsPickup({ times, values: whiteNoise(8192) }, 50)).toBeUndefined();
    // At 20 reads a second 60 Hz folds to 0, where 1/f noise would be taken for it.
    const evenly = Float64Array.from(times.keys(), (i) => i / 20);
    expect(mainsPickup({ times: evenly, values: evenly.map((t) => Math.sin(0.1 * t)) }, 60)).toBeUndefined();
  });

  it("refuses fewer than 256 reads", () =>
    expect(() => fitCorrelatedNoise({ times: times.subarray(0, 200), values: whiteNoise(200) })).toThrow(
      refused,
    ));
});
