import { type Seconds, type Siemens, seconds, siemens } from "#protocol";
import { type ReadNoise, readNoiseOf } from "./device-model-noise.ts";
import { cmoProgrammingSigma } from "./device-models/cmo-hfox.ts";
import { pcmDriftExponent, pcmDriftStart, pcmProgrammingSigma } from "./device-models/pcm-90nm.ts";
import { hermesDriftExponent, hermesDriftStart, hermesProgrammingShare } from "./device-models/pcm-hermes.ts";
import { drifted } from "./device-models/power-law-drift.ts";
import {
  cmoRelaxation,
  type RelaxationLaw,
  relaxationStep,
  wanRelaxation,
} from "./device-models/relaxation.ts";
import type { BoardProfile } from "./profile.ts";
import type { RandomStream } from "./random.ts";

/**
 * What a profile says of one device, as functions. The simulated board and the predictions of mapping both use it.
 * Every conductance is accepted: above the window the laws hold their value at its edge, below it noise falls in
 * proportion to G, at 0 S and below there is none. The laws themselves (device-models/) refuse outside their range.
 */
export interface DeviceModel extends ReadNoise {
  readonly name: string;
  readonly window: { readonly min: Siemens; readonly max: Siemens };
  /** Age from which drift counts; before it a device keeps what was programmed. */
  readonly driftStart: Seconds;
  /** Standard deviation of G about its target, after verify and the relaxation until `relaxation.start`. */
  programmingSigma(target: Siemens): Siemens;
  /** Mean of G minus its target, after the same. */
  programmingShift(target: Siemens): Siemens;
  /** How devices go on relaxing; undefined where no law for it was read. */
  readonly relaxation: Relaxation | undefined;
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
  /** Mean and spread over devices of the drift exponent at `g`. */
  driftExponent(g: Siemens): { readonly mean: number; readonly std: number };
  /** Drift exponent of a device programmed to `g`; drawn once for each device. */
  drawNu(g: Siemens, random: RandomStream): number;
}

/** How devices go on relaxing after the age `start`; what happens before is part of the programming error. */
export interface Relaxation {
  readonly start: Seconds;
  /**
   * What a device programmed to `programmed` gains between two ages: a mean and the standard deviation of an independent
   * normal, whose sum over any looks is a random walk in ln t. Beyond the measured ages a device stands still.
   */
  step(
    programmed: Siemens,
    ages: { readonly from: Seconds; readonly to: Seconds },
  ): { readonly shift: Siemens; readonly sigma: Siemens };
}

type Programming = Pick<DeviceModel, "programmingSigma" | "programmingShift" | "relaxation">;
type Drift = Pick<DeviceModel, "driftStart" | "drift" | "driftExponent" | "drawNu">;
type Window = DeviceModel["window"];

const none = siemens(0);

function programmingOf({ programming }: BoardProfile, { min, max }: Window): Programming {
  const inside = (g: Siemens): Siemens => siemens(Math.min(max, Math.max(min, g)));
  const unbiased = { programmingShift: () => none, relaxation: undefined };
  switch (programming.law) {
    case "exact":
      return { ...unbiased, programmingSigma: () => none };
    case "gaussian":
      return {
        programmingSigma: () => programming.sigma.value,
        programmingShift: () => programming.shift.value,
        relaxation: undefined,
      };
    case "pcm-90nm":
      return { ...unbiased, programmingSigma: (g) => pcmProgrammingSigma(inside(g), max) };
    case "pcm-hermes":
      return {
        ...unbiased,
        programmingSigma: (g) => siemens(hermesProgrammingShare(inside(g), max) * max),
      };
    case "rram-wan2022":
      return {
        ...unbiased,
        programmingSigma: (g) => wanRelaxation.sigma(inside(g), wanRelaxation.ages.min),
        relaxation: walking(wanRelaxation, inside),
      };
    case "cmo-hfox":
      return {
        ...unbiased,
        // With the spread at one second, which relaxation brings at once: the source has no earlier age.
        programmingSigma: (g) => {
          const relaxed = cmoRelaxation.sigma(g, cmoRelaxation.ages.min);
          return siemens(Math.hypot(cmoProgrammingSigma(inside(g), 0.002), relaxed));
        },
        relaxation: walking(cmoRelaxation, inside),
      };
    default:
      return programming satisfies never;
  }
}

function walking(law: RelaxationLaw, inside: (g: Siemens) => Siemens): Relaxation {
  const { min, max } = law.ages;
  const covered = (age: Seconds): Seconds => seconds(Math.min(max, Math.max(min, age)));
  return {
    start: min,
    step: (g, { from, to }) => relaxationStep(law, inside(g), { from: covered(from), to: covered(to) }),
  };
}

function driftOf({ drift }: BoardProfile, { max }: Window): Drift {
  const powerLaw = (driftStart: Seconds, exponent: (g: Siemens) => { mean: number; std: number }): Drift => ({
    driftStart,
    driftExponent: exponent,
    drift: (g, nu, age) => (age <= driftStart ? g : drifted(g, nu, { t: age, t0: driftStart })),
    drawNu: (g, random) => {
      const { mean, std } = exponent(g);
      return Math.abs(mean + std * random.normal());
    },
  });
  switch (drift.law) {
    case "none":
      return {
        driftStart: seconds(0),
        driftExponent: () => ({ mean: 0, std: 0 }),
        drift: (g) => g,
        drawNu: () => 0,
      };
    case "power":
      return powerLaw(drift.start.value, () => ({ mean: drift.mean.value, std: drift.std.value }));
    case "pcm-90nm":
      return powerLaw(pcmDriftStart, (g) => pcmDriftExponent(siemens(Math.min(max, Math.max(0, g))), max));
    case "pcm-hermes":
      return powerLaw(hermesDriftStart, (g) =>
        hermesDriftExponent(siemens(Math.min(max, Math.max(0, g))), max),
      );
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
