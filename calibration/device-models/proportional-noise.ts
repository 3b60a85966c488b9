import { MhoError, type Siemens, siemens } from "#protocol";

/**
 * Gaussian noise in proportion to the conductance.   σ = share · G      0 ≤ share ≤ 0.2, G ≥ 0
 *
 * A stand-in where no law was measured: aihwkit takes 1 % for ReRAM reads. Above a fifth the Gaussian would reach
 * negative conductances too often to stand for a device.
 */
export function proportionalSigma(g: Siemens, share: number): Siemens {
  if (!(share >= 0 && share <= 0.2))
    throw new MhoError("OUT_OF_MODEL", { what: "noise share", value: share, range: "0 … 0.2" });
  if (!(g >= 0)) throw new MhoError("OUT_OF_MODEL", { what: "conductance", value: g, range: "≥ 0 S" });
  return siemens(share * g);
}
