import { MhoError, type Seconds, type Siemens, seconds, siemens } from "#protocol";

/*
 * Conductive-metal-oxide / HfOx cells, analog filamentary switching: aihwkit `inference/noise/reram.py`
 * (ReRamCMONoiseModel), documented for 8 … 90 µS. Its relaxation stands in relaxation.ts.
 */

/** Duration of one read, which sets the upper end of the 1/f noise. */
export const cmoReadTime: Seconds = seconds(1e-6);

function within(g: Siemens): number {
  const microsiemens = g * 1e6;
  if (!(microsiemens >= 8 * (1 - 1e-9) && microsiemens <= 90 * (1 + 1e-9)))
    throw new MhoError("OUT_OF_MODEL", { what: "conductance", value: g, range: "8 … 90 µS" });
  return microsiemens;
}

/**
 * Standard deviation about the target that program-verify leaves, before relaxation, at an acceptance of 0.2 % or 2 %.
 *
 *   σ_prog = 0.00106879 G + 0.00081107 µS  (0.2 %)        0.01129027 G + 0.01121854 µS  (2 %)        G in µS
 */
export function cmoProgrammingSigma(target: Siemens, acceptance: 0.002 | 0.02): Siemens {
  const g = within(target);
  const sigma = acceptance === 0.002 ? 0.00106879 * g + 0.00081107 : 0.01129027 * g + 0.01121854;
  return siemens(sigma * 1e-6);
}

/** Size of the 1/f read noise: σ_read = size · √v(t), see `noiseGathered`.   size = 0.0277316 log₁₀(G) µS, G in µS */
export function cmoNoiseSize(g: Siemens): Siemens {
  return siemens(0.0277316e-6 * Math.log10(within(g)));
}
