import { amps, type Seconds, type Siemens, seconds, siemens } from "#protocol";
import { cmoNoiseSize, cmoReadTime } from "./device-models/cmo-hfox.ts";
import { noiseGathered } from "./device-models/gathered-noise.ts";
import { laplaceScale } from "./device-models/laplace-read-noise.ts";
import { pcmNoiseSize, pcmReadTime } from "./device-models/pcm-90nm.ts";
import { hermesNoiseSize, hermesReadTime } from "./device-models/pcm-hermes.ts";
import { proportionalSigma } from "./device-models/proportional-noise.ts";
import type { BoardProfile } from "./profile.ts";

export type NoiseLaw = "none" | "gaussian" | "laplace";

/** The read noise of a device; see `DeviceModel`. */
export interface ReadNoise {
  readonly noiseLaw: NoiseLaw;
  readSigma(g: Siemens, age: Seconds, programmed?: Siemens): Siemens;
  persistentSigma(g: Siemens, age: Seconds, programmed?: Siemens): Siemens;
}
interface Window {
  readonly min: Siemens;
  readonly max: Siemens;
}

const none = siemens(0);

/** `law` at g, held at the window's upper edge above it and proportional to g below its lower edge. */
function withinWindow(law: (g: Siemens) => number, { min, max }: Window): (g: Siemens) => Siemens {
  return (g) => {
    if (g <= 0) return none;
    if (g < min) return siemens((law(min) * g) / min);
    return siemens(law(g > max ? max : g));
  };
}

/**
 * 1/f noise of `size(g, programmed)` siemens, cut at the span `between` two reads: what gathers within it is new each
 * time, the rest is common to them.
 */
function gathering(
  size: (g: Siemens, programmed: Siemens) => number,
  between: Seconds,
  tRead: Seconds,
): ReadNoise {
  const fresh = noiseGathered(between, tRead);
  const lasting = (age: Seconds): number =>
    Math.max(0, noiseGathered(seconds(Math.max(age, between)), tRead) - fresh);
  return {
    noiseLaw: "gaussian",
    readSigma: (g, _, programmed = g) => siemens(size(g, programmed) * Math.sqrt(fresh)),
    persistentSigma: (g, age, programmed = g) => siemens(size(g, programmed) * Math.sqrt(lasting(age))),
  };
}

/** Size of phase-change noise: a share of G that hangs on what the device was programmed to, held at the window's edge. */
function phaseChange(share: (programmed: Siemens, max: Siemens) => number, { max }: Window) {
  return (g: Siemens, programmed: Siemens): number =>
    g <= 0 || programmed <= 0 ? 0 : g * share(siemens(Math.min(programmed, max)), max);
}

/** The read noise that a profile names. */
export function readNoiseOf({ readNoise, times }: BoardProfile, window: Window): ReadNoise {
  const between = times.readOut.value;
  const persistentSigma = (): Siemens => none;
  switch (readNoise.law) {
    case "none":
      return { noiseLaw: "none", readSigma: () => none, persistentSigma };
    case "independent":
      // CrossSim's NormalIndependent read noise: the same for every conductance.
      return {
        noiseLaw: "gaussian",
        readSigma: withinWindow(() => readNoise.sigma.value, window),
        persistentSigma,
      };
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
      return gathering(phaseChange(pcmNoiseSize, window), between, pcmReadTime);
    case "pcm-hermes":
      return gathering(phaseChange(hermesNoiseSize, window), between, hermesReadTime);
    case "cmo-hfox":
      return gathering(withinWindow(cmoNoiseSize, window), between, cmoReadTime);
    default:
      return readNoise satisfies never;
  }
}
