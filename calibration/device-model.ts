import { amps, type Seconds, type Siemens, seconds, siemens } from "#protocol";
import { laplaceScale } from "./device-models/laplace-read-noise.ts";
import {
  pcmDriftExponent,
  pcmDriftStart,
  pcmNoiseGathered,
  pcmNoiseSize,
  pcmProgrammingSigma,
} from "./device-models/pcm-90nm.ts";
import { drifted } from "./device-models/power-law-drift.ts";
import { proportionalSigma } from "./device-models/proportional-noise.ts";
import type { BoardProfile } from "./profile.ts";
import type { RandomStream } from "./random.ts";

export type NoiseLaw = "none" | "gaussian" | "laplace";

/**
 * What a profile says of one device, as functions. The simulated board and the predictions of mapping both use it.
 * Every conductance is accepted: above the window the laws hold their value at its edge, below it noise falls in
 * proportion to G, at 0 S and below there is none. The laws themselves (device-models/) refuse outside their range.
 */
export interface DeviceModel {
  readonly name: string;
  readonly window: { readonly min: Siemens; readonly max: Siemens };
  readonly noiseLaw: NoiseLaw;
  /** Age from which drift counts; before it a device keeps what was programmed. */
  readonly driftStart: Seconds;
  /** Standard deviation of G about its target, after verify and relaxation. */
  programmingSigma(target: Siemens): Siemens;
  /** Mean of G minus its target, after relaxation. */
  programmingShift(target: Siemens): Siemens;
  /**
   * Standard deviation of ONE read about the mean of many, at conductance `g`: what is new in each read. 1/f noise also
   * asks what the device was `programmed` to, where it has drifted since.
   */
  readSigma(g: Siemens, age: Seconds, programmed?: Siemens): Siemens;
  /**
   * Standard deviation of what noise has added since programming and every later read shares. Zero without 1/f noise.
   * It does not average out, so it counts with the programming error, not with the samples.
   */
  persistentSigma(g: Siemens, age: Seconds, programmed?: Siemens): Siemens;
  /** Conductance at `age` of a device programmed to `g`, with its own exponent `nu`. */
  drift(g: Siemens, nu: number, age: Seconds): Siemens;
  /** Drift exponent of a device programmed to `g`; drawn once for each device. */
  drawNu(g: Siemens, random: RandomStream): number;
}

type Programming = Pick<DeviceModel, "programmingSigma" | "programmingShift">;
type ReadNoise = Pick<DeviceModel, "noiseLaw" | "readSigma" | "persistentSigma">;
type Drift = Pick<DeviceModel, "driftStart" | "drift" | "drawNu">;
type Window = DeviceModel["window"];

const none = siemens(0);

function programmingOf({ programming }: BoardProfile, { min, max }: Window): Programming {
  const inside = (g: Siemens): Siemens => siemens(Math.min(max, Math.max(min, g)));
  switch (programming.law) {
    case "exact":
      return { programmingSigma: () => none, programmingShift: () => none };
    case "gaussian":
      return {
        programmingSigma: () => programming.sigma.value,
        programmingShift: () => programming.shift.value,
      };
    case "pcm-90nm":
      return { programmingSigma: (g) => pcmProgrammingSigma(inside(g), max), programmingShift: () => none };
    default:
      return programming satisfies never;
  }
}

/** `law` at g, held at the window's upper edge above it and proportional to g below its lower edge. */
function withinWindow(law: (g: Siemens) => number, { min, max }: Window): (g: Siemens) => Siemens {
  return (g) => {
    if (g <= 0) return none;
    if (g < min) return siemens((law(min) * g) / min);
    return siemens(law(g > max ? max : g));
  };
}

function readNoiseOf({ readNoise, times }: BoardProfile, window: Window): ReadNoise {
  const persistentSigma = (): Siemens => none;
  switch (readNoise.law) {
    case "none":
      return { noiseLaw: "none", readSigma: () => none, persistentSigma };
    case "proportional": {
      const share = readNoise.share.value;
      return {
        noiseLaw: "gaussian",
        readSigma: withinWindow((g) => proportionalSigma(g, share), window),
        persistentSigma,
      };
    }
    case "laplace-lin2023": {
      // The law is stated for the current at 0.2 V; the fluctuation is the device's, so it scales with the voltage.
      const sigma = (g: Siemens): number => (Math.SQRT2 * laplaceScale(amps(g * 0.2))) / 0.2;
      return { noiseLaw: "laplace", readSigma: withinWindow(sigma, window), persistentSigma };
    }
    case "pcm-90nm":
      return pcmReadNoise(times.readOut.value, window);
    default:
      return readNoise satisfies never;
  }
}

/** 1/f noise cut at the span between two reads: what gathers within it is new each time, the rest is common to them. */
function pcmReadNoise(between: Seconds, { max }: Window): ReadNoise {
  const fresh = pcmNoiseGathered(between);
  const size = (g: Siemens, programmed: Siemens): number =>
    g <= 0 || programmed <= 0 ? 0 : g * pcmNoiseSize(siemens(Math.min(programmed, max)), max);
  const lasting = (age: Seconds): number =>
    Math.max(0, pcmNoiseGathered(seconds(Math.max(age, between))) - fresh);
  return {
    noiseLaw: "gaussian",
    readSigma: (g, _, programmed = g) => siemens(size(g, programmed) * Math.sqrt(fresh)),
    persistentSigma: (g, age, programmed = g) => siemens(size(g, programmed) * Math.sqrt(lasting(age))),
  };
}

function driftOf({ drift }: BoardProfile, { max }: Window): Drift {
  const powerLaw = (driftStart: Seconds, exponent: (g: Siemens) => { mean: number; std: number }): Drift => ({
    driftStart,
    drift: (g, nu, age) => (age <= driftStart ? g : drifted(g, nu, { t: age, t0: driftStart })),
    drawNu: (g, random) => {
      const { mean, std } = exponent(g);
      return Math.abs(mean + std * random.normal());
    },
  });
  switch (drift.law) {
    case "none":
      return { driftStart: seconds(0), drift: (g) => g, drawNu: () => 0 };
    case "power":
      return powerLaw(drift.start.value, () => ({ mean: drift.mean.value, std: drift.std.value }));
    case "pcm-90nm":
      return powerLaw(pcmDriftStart, (g) => pcmDriftExponent(siemens(Math.min(max, Math.max(0, g))), max));
    default:
      return drift satisfies never;
  }
}

/** The laws that a profile names, with its numbers filled in. */
export function deviceModel(profile: BoardProfile): DeviceModel {
  const window = { min: profile.conductance.min.value, max: profile.conductance.max.value };
  return {
    name: profile.name,
    window,
    ...programmingOf(profile, window),
    ...readNoiseOf(profile, window),
    ...driftOf(profile, window),
  };
}
