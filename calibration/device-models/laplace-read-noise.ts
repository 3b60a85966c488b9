import { type Amps, amps, MhoError } from "#protocol";

/** Currents at 0.2 V over which the law was measured. */
export const laplaceCurrents = { min: amps(0.4e-6), max: amps(4e-6) } as const;

/**
 * Scale of the Laplace noise on one read of a TiN/TaOx/HfOx/TiN cell whose mean current at 0.2 V is `current`.
 *
 *   b(I) = −0.0058 I² + 0.0324 I + 0.0141      b and I in µA;  standard deviation √2 · b
 *
 * Measured for 0.4 … 4 µA (2 … 20 µS). Source: Lin et al., Nat. Mach. Intell. 5, 714 (2023), repository
 * YudengLin/memristorBDNN, `memristor_model.py`.
 */
export function laplaceScale(current: Amps): Amps {
  const i = current * 1e6;
  // A millionth of slack: 2 µS · 0.2 V is not 0.4 µA to the last bit.
  if (!(i >= laplaceCurrents.min * (1e6 - 1) && i <= laplaceCurrents.max * (1e6 + 1)))
    throw new MhoError("OUT_OF_MODEL", {
      what: "cell current at 0.2 V",
      value: current,
      range: "0.4 … 4 µA",
    });
  return amps((-0.0058 * i * i + 0.0324 * i + 0.0141) * 1e-6);
}
