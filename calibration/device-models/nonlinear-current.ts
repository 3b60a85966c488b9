import { type Amps, amps, MhoError, type Siemens, siemens, type Volts } from "#protocol";

function inside(what: string, value: number, range: { min: number; max: number; says: string }): number {
  const slack = 1e-9 * range.max;
  if (!(value >= range.min - slack && value <= range.max + slack))
    throw new MhoError("OUT_OF_MODEL", { what, value, range: range.says });
  return value;
}
const miloWindow = { min: 50e-6, max: 225e-6, says: "50 … 225 µS" };
const miloVoltages = { min: -0.5, max: 0.5, says: "−0.5 … 0.5 V" };
const cubicVoltages = { min: -1, max: 1, says: "−1 … 1 V, where the current still grows" };

/**
 * Current of an HfOx cell whose slope at 0 V is `g`, at a read voltage `v`.
 *
 *   I = G V + N₂ V² + N₃ V³      x = log₁₀(G / S)
 *   N₂ = 1.388e−4 x³ + 1.541e−3 x² + 5.711e−3 x + 7.063e−3 A/V²      N₃ = 8.871e−5 x² + 6.7919e−4 x + 1.2968e−3 A/V³
 *
 * Range: 50 … 225 µS, |V| ≤ 0.5 V. Source: Milo et al. (programmed by IGVVA-100), as fitted in CrossSim
 * `devices/custom/RRAM_Milo.py`; reference/physics.md §B3.
 */
export function miloCurrent(g: Siemens, v: Volts): Amps {
  const x = Math.log10(inside("conductance", g, miloWindow));
  inside("read voltage", v, miloVoltages);
  const second = ((1.388e-4 * x + 1.541e-3) * x + 5.711e-3) * x + 7.063e-3;
  const third = (8.871e-5 * x + 6.7919e-4) * x + 1.2968e-3;
  return amps(g * v + second * v ** 2 + third * v ** 3);
}

/**
 * Standard deviation of the same cells about their target after programming.   σ = −0.009107 G + 4.782321 µS, G in µS
 *
 * Range: 50 … 225 µS. Source: as `miloCurrent`.
 */
export function miloProgrammingSigma(target: Siemens): Siemens {
  return siemens((-0.009107 * inside("conductance", target, miloWindow) * 1e6 + 4.782321) * 1e-6);
}

/**
 * Current of a generic device whose conductance falls with voltage.   I = G (V − 0.25 V³)
 *
 * Range: |V| ≤ 1 V; beyond 1.15 V the current would fall again. Source: CrossSim CubicDevice; reference/physics.md §B3.
 */
export function cubicCurrent(g: Siemens, v: Volts): Amps {
  inside("read voltage", v, cubicVoltages);
  return amps(g * (v - 0.25 * v ** 3));
}

const wanWindow = { min: 0, max: 39.26e-6, says: "0 … 39.26 µS" };

/**
 * Standard deviation of NeuRRAM's HfOx cells about their target one second after programming, as CrossSim fits it.
 *
 *   σ = 1.536e−4 G³ − 1.167e−2 G² + 0.2374 G + 1.053 µS      G in µS
 *
 * Another fit to the same paper's figures than `wanRelaxation`, up to 0.75 µS from it. Range: 0 … 39.26 µS.
 * Source: Wan et al., Nature 608, 504 (2022); CrossSim `devices/custom/RRAM_Wan.py`; reference/physics.md §B3.
 */
export function wanProgrammingSigma(target: Siemens): Siemens {
  const g = inside("conductance", target, wanWindow) * 1e6;
  return siemens((((1.536e-4 * g - 1.167e-2) * g + 0.2374) * g + 1.053) * 1e-6);
}
