import { MhoError, type Seconds, type Siemens, seconds } from "#protocol";

/*
 * Phase-change memory of the 14 nm HERMES chip, one device a polarity: aihwkit `inference/noise/hermes.py`.
 * r = G / Gmax throughout, fitted for Gmax = 10.35 µS.
 */

/** Age at which drift is counted from. */
export const hermesDriftStart: Seconds = seconds(200);
/** Duration of one read, which sets the upper end of the 1/f noise. */
export const hermesReadTime: Seconds = seconds(512e-9);

const clamp = (x: number, min: number, max: number): number => Math.min(max, Math.max(min, x));
const shareOf = (g: Siemens, gMax: Siemens, highest: number): number => {
  const r = g / gMax;
  if (!(r >= 0 && r <= highest))
    throw new MhoError("OUT_OF_MODEL", { what: "G / Gmax", value: r, range: `0 … ${highest}` });
  return r;
};

/**
 * Standard deviation of a programmed conductance about its target, relative to Gmax.
 *
 *   σ_prog = (0.15781817 + 2.32443916 r − 2.16310839 r² + 0.68841818 r³) µS / 10.35 µS        0 ≤ r ≤ 1
 */
export function hermesProgrammingShare(target: Siemens, gMax: Siemens): number {
  const r = shareOf(target, gMax, 1);
  return (((0.68841818 * r - 2.16310839) * r + 2.32443916) * r + 0.15781817) / 10.35;
}

/**
 * Mean and spread over devices of the drift exponent ν.
 *
 *   µ_ν = clamp(−0.0387 ln r − 0.0182, 0.072, 0.13) for r < 0.0945, else −0.0436 r² − 0.0126 r + 0.0736
 *   σ_ν = clamp(−0.0120 ln r − 0.0023, 0.0124, 0.04) for r < 0.3039, else −0.0165 r² + 0.0116 r + 0.0104
 */
export function hermesDriftExponent(
  target: Siemens,
  gMax: Siemens,
): { readonly mean: number; readonly std: number } {
  const r = shareOf(target, gMax, 1);
  const ln = Math.log(Math.max(r, 1e-7));
  return {
    mean: r < 0.0945 ? clamp(-0.0387 * ln - 0.0182, 0.072, 0.13) : (-0.0436 * r - 0.0126) * r + 0.0736,
    std: r < 0.3039 ? clamp(-0.012 * ln - 0.0023, 0.0124, 0.04) : (-0.0165 * r + 0.0116) * r + 0.0104,
  };
}

/**
 * Relative size of the 1/f noise: σ_read = G · Q_s · √v(t), see `noiseGathered`; r as programmed.
 *
 *   Q_s = clamp(−0.0078 ln r + 0.0038, 0.0179, 0.04) for r < 0.1591, else 0.0664 r³ − 0.1352 r² + 0.0768 r + 0.0088
 */
export function hermesNoiseSize(programmed: Siemens, gMax: Siemens): number {
  const r = shareOf(programmed, gMax, 1);
  return r < 0.1591
    ? clamp(-0.0078 * Math.log(Math.max(r, 1e-7)) + 0.0038, 0.0179, 0.04)
    : ((0.0664 * r - 0.1352) * r + 0.0768) * r + 0.0088;
}
