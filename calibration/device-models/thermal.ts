import { type Amps, amps, type Kelvin, kelvin, MhoError, type Siemens, siemens } from "#protocol";

const boltzmann = 1.380649e-23;
const electron = 1.602176634e-19;
/** Temperature at which conductances are stated. */
export const roomTemperature: Kelvin = kelvin(300);

function warm(temperature: Kelvin): Kelvin {
  if (!(temperature >= 200 && temperature <= 500))
    throw new MhoError("OUT_OF_MODEL", { what: "temperature", value: temperature, range: "200 … 500 K" });
  return temperature;
}
const wide = (bandwidth: number): number => {
  if (!(bandwidth >= 0))
    throw new MhoError("OUT_OF_MODEL", { what: "bandwidth", value: bandwidth, range: "≥ 0 Hz" });
  return bandwidth;
};

/**
 * Root-mean-square thermal current of a conductance within a bandwidth in Hz.   i = √(4 k T G B)
 *
 * 200 … 500 K. Far below device noise: 0.18 nA for 20 µS over 100 kHz, against 72 nA. Source: Johnson, Phys. Rev. 32,
 * 97 (1928); Nyquist, ibid. 110.
 */
export function johnsonCurrent(g: Siemens, bandwidth: number, temperature: Kelvin = roomTemperature): Amps {
  if (!(g >= 0)) throw new MhoError("OUT_OF_MODEL", { what: "conductance", value: g, range: "≥ 0 S" });
  return amps(Math.sqrt(4 * boltzmann * warm(temperature) * g * wide(bandwidth)));
}

/** Root-mean-square shot noise of a current within a bandwidth in Hz.   i = √(2 e |I| B)      Schottky (1918) */
export function shotCurrent(current: Amps, bandwidth: number): Amps {
  return amps(Math.sqrt(2 * electron * Math.abs(current) * wide(bandwidth)));
}

/**
 * Conductance at another temperature than the 300 K it is stated for.   G(T) = G (1 + α (T − 300 K))
 *
 * α in 1/K is 0 unless given: no coefficient of RRAM or PCM was read (reference/physics.md §B7), and the sign differs
 * between low and high resistance. Range: 200 … 500 K, |α (T − 300 K)| ≤ 0.5.
 */
export function conductanceAt(g: Siemens, temperature: Kelvin, { coefficient = 0 } = {}): Siemens {
  const change = coefficient * (warm(temperature) - roomTemperature);
  if (!(Math.abs(change) <= 0.5))
    throw new MhoError("OUT_OF_MODEL", {
      what: "change with temperature",
      value: change,
      range: "−0.5 … 0.5",
    });
  return siemens(g * (1 + change));
}

/** Electronvolts. */
const boltzmannElectron = boltzmann / electron;

/**
 * Conductance at another temperature of a device whose carriers are thermally activated, as those of high-resistance
 * states are.
 *
 *   G(T) = G exp(−E_a/k · (1/T − 1/300 K))
 *
 * E_a in eV is yours: no number was read. Range: 200 … 500 K, E_a 0 … 1 eV. Source: Arrhenius.
 */
export function activatedConductance(g: Siemens, temperature: Kelvin, activationEnergy: number): Siemens {
  if (!(activationEnergy >= 0 && activationEnergy <= 1))
    throw new MhoError("OUT_OF_MODEL", {
      what: "activation energy",
      value: activationEnergy,
      range: "0 … 1 eV",
    });
  const inverse = 1 / warm(temperature) - 1 / roomTemperature;
  return siemens(g * Math.exp((-activationEnergy / boltzmannElectron) * inverse));
}
