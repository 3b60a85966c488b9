import { type Amps, amps, MhoError, type Seconds } from "#protocol";

/** Saturation A and scale B of σ(I) in nA, at 0 … 5 days after programming. */
const sonosFits = [
  [19.887, 176.31],
  [25.591, 186.86],
  [28.728, 193.57],
  [31.043, 198.9],
  [33.762, 204.77],
  [34.579, 207.34],
] as const;
const sonosMax = 3200e-9;
const day = 86_400;

function saturating(current: Amps, [a, b]: readonly [number, number]): number {
  if (!(current >= 0 && current <= sonosMax * (1 + 1e-9)))
    throw new MhoError("OUT_OF_MODEL", { what: "cell current", value: current, range: "0 … 3.2 µA" });
  return a * -Math.expm1((-current * 1e9) / b) * 1e-9;
}

/**
 * Standard deviation of a 40 nm SONOS cell's current about its target, a whole number of days after programming.
 *
 *   σ = A (1 − e^(−I/B))      A, B by day
 *
 * Range: 0 … 3.2 µA; 0, 1, … 5 days, the days that were published, to a minute. Source: CrossSim
 * `devices/custom/SONOS.py`; reference/physics.md §B3.
 */
export function sonosSigma(current: Amps, age: Seconds): Amps {
  const days = Math.round(age / day);
  const fit = sonosFits[days];
  if (!fit || Math.abs(age - days * day) > 60)
    throw new MhoError("OUT_OF_MODEL", {
      what: "age since programming",
      value: age,
      range: "0, 1, 2, 3, 4 or 5 days",
    });
  return amps(saturating(current, fit));
}

/** Read noise of the same cells, new at every read.   σ = 12.580 (1 − e^(−I / 215.37 nA)) nA      0 … 3.2 µA */
export function sonosReadSigma(current: Amps): Amps {
  return amps(saturating(current, [12.58, 215.37]));
}
