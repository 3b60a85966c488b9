import { type DeviceModel, type RandomStream, randomStream, streams } from "#calibration";
import { type Descriptor, MhoError, type Seconds } from "#protocol";
import { type BayesianModel, modelSha256, sizeOf } from "../model/index.ts";
import { differentialPair } from "./code.ts";
import { itemsIn } from "./items.ts";
import { boardOf, encodeLayer, scaledLayer, toleranceFor, windowOf } from "./layer.ts";
import { packOnto } from "./pack.ts";
import { givenInputs, type Probes, syntheticInputs } from "./probes.ts";
import { propagate } from "./propagate.ts";
import { headroom, inputQuantile, saturationRate } from "./scales.ts";
import { type Network, networkOf, type Stage } from "./stages.ts";
import type { Block, ConductanceMap, WeightCode } from "./types.ts";

export interface MapOptions {
  /** The devices' law, for the noise budget and averaging; without it devices count as noiseless. */
  readonly device?: DeviceModel;
  /** Unlabelled inputs, items × inputs, normalised: what scales are taken from. Synthetic ones otherwise. */
  readonly probes?: Float32Array;
  /** How cells stand for a weight; differential pairs unless said. */
  readonly code?: WeightCode;
  readonly seed?: number;
  /** Time since programming at which read noise is reckoned. */
  readonly age?: Seconds;
}

/** Posterior samples that each probe is propagated with. */
const probeSamples = 3;
/** Vectors of a layer that its scales and budget are reckoned from. */
const mostVectors = 4096;

/** Some of `vectors`, one at random from each of equal stretches: even steps would meet the same patch of every image. */
function thinned(vectors: Float32Array, inputs: number, random: RandomStream): Float32Array {
  const count = vectors.length / inputs;
  if (count <= mostVectors) return vectors.slice();
  const out = new Float32Array(mostVectors * inputs);
  for (let k = 0; k < mostVectors; k++) {
    const from = Math.floor(((k + random.uniform()) * count) / mostVectors) * inputs;
    out.set(vectors.subarray(from, from + inputs), k * inputs);
  }
  return out;
}

/** Errors: WEIGHT_NOT_FINITE, with the weights' name and how many. */
export function refuseNonFinite({ layer }: Stage): void {
  for (const [part, gaussians] of [
    ["weight", layer.weight],
    ["bias", layer.bias],
  ] as const) {
    for (const [name, values] of Object.entries(gaussians ?? {}) as [string, Float32Array][]) {
      const count = values.reduce((bad, value) => bad + (Number.isFinite(value) ? 0 : 1), 0);
      if (count > 0) throw new MhoError("WEIGHT_NOT_FINITE", { key: `${layer.name}.${part}.${name}`, count });
    }
  }
}

/** Input vectors that reach each stage, of some probes. */
export function probeVectors(network: Network, { values, items }: Probes, seed: number): Float32Array[] {
  const reached: Float32Array[] = [];
  const random = randomStream(seed, streams.posterior, 1);
  const visit = (stage: Stage, vectors: Float32Array): void => {
    reached.push(thinned(vectors, stage.inputs, random));
  };
  propagate(network, values, items, { samples: probeSamples, seed, stream: streams.posterior, visit });
  return reached;
}

export function probesFor(model: BayesianModel, given: Float32Array | undefined, seed: number): Probes {
  if (given === undefined) return syntheticInputs(model, seed);
  const size = sizeOf(model.input.shape);
  const items = itemsIn("the probe inputs", given, size);
  if (items === 0)
    throw new MhoError("SHAPE_MISMATCH", {
      what: "the probe inputs",
      found: "0 values",
      wanted: `items of ${size}`,
    });
  return givenInputs(model, given, seed);
}

/** How the scales of a map were found, in words. */
export const inWords = ({ from }: Probes): string =>
  `${from}, ${probeSamples} posterior samples each; input full scale ${headroom} × the ${100 * inputQuantile} % quantile of |input|, ` +
  `ADC range for at most ${100 * saturationRate} % of column currents beyond it with the same headroom`;

/**
 * Model + board → conductance map: where each weight's cells stand, their targets, and every scale frozen, from no more than
 * the model, the board's descriptor, its device law and some unlabelled inputs. The same arguments give the same map.
 *
 * Biases stay digital: as a constant input row a bias of many weights' size would take the DAC's and the window's full
 * scale, and its read noise would be added at every input. Its variance σ_b² joins the top-up (src/posterior).
 * Errors: WEIGHT_NOT_FINITE, SHAPE_MISMATCH, NOT_A_QUANTITY (a probe that is not finite), BOARD_TOO_SMALL.
 */
export function map(model: BayesianModel, descriptor: Descriptor, options: MapOptions = {}): ConductanceMap {
  const { device, code = differentialPair, seed = 1, age } = options;
  const network = networkOf(model);
  network.stages.forEach(refuseNonFinite);
  const wanted = network.stages.map(({ layer, inputs, outputs }) => ({
    name: layer.name,
    inputs,
    outputs,
    devices: code.signs.length,
  }));
  const blocks: readonly (readonly Block[])[] = packOnto(wanted, descriptor);
  const probes = probesFor(model, options.probes, seed);
  const vectors = probeVectors(network, probes, seed);
  const window = windowOf(descriptor, device);
  const layers = network.stages.map((stage, k) => {
    const placed = { code, blocks: blocks[k]!, ...encodeLayer(stage, code, window) };
    return scaledLayer(stage, placed, { descriptor, vectors: vectors[k]!, device, age });
  });
  const tolerance = toleranceFor(
    layers.map((layer) => layer.targets),
    descriptor,
    device,
  );
  const board = boardOf(descriptor);
  return { model, modelSha256: modelSha256(model), board, layers, tolerance, scalesFrom: inWords(probes) };
}
