import { fillLane, sfc32Lane } from "./sfc32.ts";

/**
 * What a stream of random numbers is for. Never renumbered: a recorded run replays by these.
 * Purposes below 256 leave the upper 24 bits of a stream number to their users.
 */
export const streams = {
  initialCells: 1,
  faults: 2,
  programming: 3,
  pulses: 4,
  cellReads: 5,
  readOuts: 6,
  readOutTails: 7,
  deviceReads: 8,
  linkFaults: 9,
  relaxation: 10,
  flicker: 11,
  traps: 12,
  trapSteps: 13,
  converters: 14,
  pickup: 15,
  topUp: 16,
  posterior: 17,
  reference: 18,
  drivers: 19,
  driverNoise: 20,
  drawKeys: 19,
  forwardKeys: 20,
  training: 32,
  shuffle: 33,
  initialWeights: 34,
} as const;

/** Chance as an argument: one sequence of random numbers, the same for the same address. */
export interface RandomStream {
  /** 0 … 2³²−1. */
  uint32(): number;
  /** [0, 1), 53 bits. */
  uniform(): number;
  /** Mean 0, variance 1. Box–Muller. */
  normal(): number;
  /** Density exp(−|x|)/2: mean 0, variance 2. */
  laplace(): number;
}

const buffered = 64;
/** Lanes 0 … 3 belong to `fillNormals`, so that both may use one address and stay independent. */
const scalarLane = 4;

/** The sequence at address (seed, stream, a, b): sfc32 keyed by Philox4x32-10(counter = (4, b, a, stream), key = seed). */
export function randomStream(seed: number, stream: number, a = 0, b = 0): RandomStream {
  const lane = sfc32Lane({ seed, stream, a, b }, scalarLane);
  const words = new Int32Array(buffered);
  let next = buffered;
  let spare: number | undefined;
  const uint32 = (): number => {
    if (next === buffered) {
      fillLane(lane, words, { offset: 0, stride: 1, count: buffered });
      next = 0;
    }
    return words[next++]! >>> 0;
  };
  const uniform = (): number => ((uint32() >>> 5) * 0x400_0000 + (uint32() >>> 6)) / 2 ** 53;
  const normal = (): number => {
    if (spare !== undefined) {
      const kept = spare;
      spare = undefined;
      return kept;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  const laplace = (): number => {
    const sign = uint32() & 1 ? 1 : -1;
    return sign * -Math.log(1 - uniform());
  };
  return { uint32, uniform, normal, laplace };
}

export { fillLaplaces, fillNormals } from "./normals.ts";
export { philox4x32 } from "./philox.ts";
