import { MhoError, type Seconds, type Siemens, seconds, siemens } from "#protocol";
import { noiseGathered } from "./gathered-noise.ts";

/*
 * Phase-change memory, 90 nm mushroom cells: the statistical model of Joshi et al., Nat. Commun. 11, 2473 (2020) and
 * Nandakumar et al. (2019, 2020), with the constants of aihwkit `inference/noise/pcm.py` (PCMLikeNoiseModel).
 * r = G / Gmax throughout; the polynomials were fitted for Gmax = 25 µS and scale with Gmax.
 */

/** Age at which drift is counted from. */
export const pcmDriftStart: Seconds = seconds(20);
/** Duration of one read, which sets the upper end of the 1/f noise. */
export const pcmReadTime: Seconds = seconds(250e-9);

const clamp = (x: number, min: number, max: number): number => Math.min(max, Math.max(min, x));
const shareOf = (g: Siemens, gMax: Siemens): number => {
  const r = g / gMax;
  if (!(r >= 0 && r <= 1.5))
    throw new MhoError("OUT_OF_MODEL", { what: "G / Gmax", value: r, range: "0 … 1.5" });
  return r;
};

/**
 * Standard deviation of a programmed conductance about its target.
 *
 *   σ_prog = (0.26348 + 1.9650 r − 1.1731 r²) µS · Gmax / 25 µS        0 ≤ r ≤ 1
 */
export function pcmProgrammingSigma(target: Siemens, gMax: Siemens): Siemens {
  const r = target / gMax;
  if (!(r >= 0 && r <= 1)) throw new MhoError("OUT_OF_MODEL", { what: "G / Gmax", value: r, range: "0 … 1" });
  return siemens(((0.26348 + 1.965 * r - 1.1731 * r * r) / 25) * gMax);
}

/**
 * Mean and spread over devices of the drift exponent ν.
 *
 *   µ_ν = clamp(−0.0155 ln r + 0.0244, 0.049, 0.1)      σ_ν = clamp(−0.0125 ln r − 0.0059, 0.008, 0.045)      r ≥ 1e−7
 */
export function pcmDriftExponent(
  target: Siemens,
  gMax: Siemens,
): { readonly mean: number; readonly std: number } {
  const ln = Math.log(Math.max(1e-7, shareOf(target, gMax)));
  return { mean: clamp(-0.0155 * ln + 0.0244, 0.049, 0.1), std: clamp(-0.0125 * ln - 0.0059, 0.008, 0.045) };
}

/**
 * Relative size of the 1/f noise.   Q_s = min(0.0088 / max(r^0.65, 1e−3), 0.2)      r as programmed
 */
export function pcmNoiseSize(programmed: Siemens, gMax: Siemens): number {
  return Math.min(0.0088 / Math.max(shareOf(programmed, gMax) ** 0.65, 1e-3), 0.2);
}

/** Variance, relative to G² Q_s², that 1/f noise has gathered over a time `t` ≥ 250 ns; see `noiseGathered`. */
export const pcmNoiseGathered = (t: Seconds): number => noiseGathered(t, pcmReadTime);
