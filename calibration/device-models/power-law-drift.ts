import { MhoError, type Seconds, type Siemens, siemens } from "#protocol";

/**
 * Conductance a time `t` after programming, from its value `g0` at `t0`.
 *
 *   G(t) = G(t0) · (t / t0)^−ν      ν dimensionless, drawn once for each device
 *
 * Holds for t ≥ t0 > 0. Source: Joshi et al., Nat. Commun. 11, 2473 (2020); as in aihwkit `inference/noise/pcm.py`.
 */
export function drifted(g0: Siemens, nu: number, { t, t0 }: { t: Seconds; t0: Seconds }): Siemens {
  if (!(t0 > 0)) throw new MhoError("OUT_OF_MODEL", { what: "t0", value: t0, range: "> 0 s" });
  if (!(t >= t0)) throw new MhoError("OUT_OF_MODEL", { what: "t / t0", value: t / t0, range: "≥ 1" });
  return siemens(g0 * (t / t0) ** -nu);
}
