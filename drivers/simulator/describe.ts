import { type BoardProfile, philox4x32 } from "#calibration";
import {
  amps,
  capabilities,
  type Descriptor,
  protocolVersion,
  type Siemens,
  siemens,
  type Volts,
  volts,
} from "#protocol";
import type { SimulatorOptions } from "./options.ts";

/** As the host will know it: scales travel in single precision. */
const single = (x: number): number => Math.fround(x);

function dacOf({ dac }: BoardProfile, bits: number): Descriptor["dac"] {
  const bipolar = dac.bipolar.value;
  const max = bipolar ? 2 ** (bits - 1) - 1 : 2 ** bits - 1;
  return { min: bipolar ? -max : 0, max, lsb: volts(single(dac.fullScale.value / max)) as Volts };
}

function conductanceOf({ conductance }: BoardProfile): Descriptor["conductance"] {
  const lsb = single(conductance.lsb.value);
  const counted = (g: Siemens): Siemens => siemens(Math.round(g / lsb) * lsb);
  return { lsb: siemens(lsb), min: counted(conductance.min.value), max: counted(conductance.max.value) };
}

/** Boot number `boots` of the board with this seed: distinct, and the same in every replay. */
export function bootIdOf(seed: number, boots: number): number {
  return philox4x32([boots, 0, 0, 0], [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0])[0]!;
}

/** Which engine draws read noise, as far as it is settled before the first input: see docs/simulator.md. */
function engineOf({ accumulator, readNoise }: BoardProfile, { engine }: SimulatorOptions): string {
  if (readNoise.law === "none") return "no noise";
  if (accumulator !== undefined) return "per-device engine";
  if (engine !== "auto") return `${engine} engine`;
  return readNoise.law === "laplace-lin2023" ? "engine by input" : "moment engine";
}

/** What the simulated board says of itself. A profile's uid and seed make its uid; its source is always "simulated". */
export function describe(profile: BoardProfile, options: SimulatorOptions, boots: number): Descriptor {
  const { geometry, limits, link } = profile;
  return {
    uid: `sim-${profile.name}-${options.seed.toString(36)}`,
    bootId: bootIdOf(options.seed, boots),
    protocol: protocolVersion,
    firmware: `mho simulator, ${engineOf(profile, options)}`,
    source: "simulated",
    profile: profile.name,
    capabilities,
    tiles: options.tiles ?? geometry.tiles.value,
    rows: options.rows ?? geometry.rows.value,
    cols: options.cols ?? geometry.cols.value,
    dac: dacOf(profile, options.dacBits ?? profile.dac.bits.value),
    adc: {
      bits: options.adcBits ?? profile.adc.bits.value,
      ranges: profile.adc.ranges.value.map((range) => amps(single(range))),
    },
    conductance: conductanceOf(profile),
    limits: {
      readVoltage: volts(single(limits.readVoltage.value)),
      pulseVoltage: volts(single(limits.pulseVoltage.value)),
      pulseWidth: limits.pulseWidth.value,
    },
    maxFrame: options.maxFrame ?? link.maxFrame.value,
    window: link.window.value,
    tickHz: link.tickHz.value,
    watchdog: link.watchdog.value,
  };
}
