import type { DeviceModel } from "#calibration";
import { type Amps, amps, type Descriptor, MhoError, siemens, type Volts, volts } from "#protocol";
import {
  type BayesianModel,
  type DenseLayer,
  type Gaussians,
  type Layer,
  modelSha256,
} from "../model/index.ts";
import { boardOf, scaledLayer, toleranceFor, usualAge, windowOf } from "./layer.ts";
import { inWords, probesFor, probeVectors } from "./map.ts";
import { packOnto } from "./pack.ts";
import { networkOf } from "./stages.ts";
import type { ConductanceMap, WeightCode } from "./types.ts";

/** Conductances that somebody else trained: (inputs + 1) × outputs × devices for each dense layer, the last row the bias. */
export interface ForeignLayer {
  readonly name: string;
  readonly shape: readonly number[];
  /** In amperes at `readVoltage`. */
  readonly currents: Float32Array;
}
export interface ImportConductancesOptions {
  /** The devices' law: what their weights' spread is. */
  readonly device: DeviceModel;
  /** w = (Σ I − offset) / scale, at this voltage; those of Lin et al. 2023 unless said. */
  readonly offset?: Amps;
  readonly scale?: Amps;
  readonly readVoltage?: Volts;
  readonly probes?: Float32Array;
  readonly seed?: number;
}

/** Lin et al., Nature Machine Intelligence (2023), repository memristorBDNN: three devices a weight, w = (ΣI − 7.2 µA) / 10.5 µA at 0.2 V. */
const lin2023 = { offset: amps(7.2e-6), scale: amps(10.5e-6), readVoltage: volts(0.2) };

interface Decoding {
  readonly code: WeightCode;
  /** Siemens a weight unit. */
  readonly gamma: number;
  readonly device: DeviceModel;
}

/** Mean and spread of the weights in some rows of cells (rows × outputs × devices), outputs × rows. */
function decoded(
  cells: Float32Array,
  rows: number,
  outputs: number,
  { code, gamma, device }: Decoding,
): Gaussians {
  const mean = new Float32Array(rows * outputs);
  const std = new Float32Array(rows * outputs);
  const devices = code.signs.length;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < outputs; j++) {
      let [sum, variance] = [-code.offset as number, 0];
      for (let k = 0; k < devices; k++) {
        const g = cells[(i * outputs + j) * devices + k]!;
        sum += code.signs[k]! * g;
        variance += device.readSigma(siemens(g), usualAge) ** 2;
      }
      mean[j * rows + i] = sum / gamma;
      std[j * rows + i] = Math.sqrt(variance) / gamma;
    }
  }
  return { mean, std };
}

function modelOf(layers: readonly { dense: DenseLayer }[], from: readonly ForeignLayer[]): BayesianModel {
  const joined = layers.flatMap(({ dense }, k): Layer[] => (k === 0 ? [dense] : [{ type: "relu" }, dense]));
  const notes = [
    "ReLU between layers and a bias input of 1 are assumed",
    "a weight's σ is its devices' read noise",
  ];
  const provenance = {
    library: "conductances",
    std: "device law",
    file: from.map(({ name }) => name).join(", "),
    sha256: "",
    notes,
  };
  const input = { shape: [layers[0]!.dense.inputs], scale: 1, mean: 0, std: 1 };
  return { name: "conductances", input, layers: joined, output: "values", provenance };
}

function shapeOf({ name, shape, currents }: ForeignLayer): [rows: number, outputs: number, devices: number] {
  const [rows = 0, outputs = 0, devices = 0] = shape;
  if (shape.length !== 3 || rows < 2 || currents.length !== rows * outputs * devices) {
    throw new MhoError("SHAPE_MISMATCH", {
      what: name,
      found: shape.join("×"),
      wanted: "(inputs + 1) × outputs × devices",
    });
  }
  return [rows, outputs, devices];
}

/** A layer's cells in siemens, cut at the window, and the share that was. */
function cellsOf(
  { currents }: ForeignLayer,
  readVoltage: Volts,
  { min, max }: { min: number; max: number },
): { cells: Float32Array; clipped: number } {
  const cells = currents.map((current) => Math.min(max, Math.max(min, current / readVoltage)));
  const cut = currents.reduce(
    (count, current, k) => count + (Math.abs(current / readVoltage - cells[k]!) > 1e-6 * max ? 1 : 0),
    0,
  );
  return { cells, clipped: cut / currents.length };
}

interface Read {
  readonly dense: DenseLayer;
  readonly code: WeightCode;
  readonly targets: Float32Array;
  readonly clipped: number;
}

function readLayer(
  layer: ForeignLayer,
  { offset, scale, readVoltage, device }: Required<Omit<ImportConductancesOptions, "probes" | "seed">>,
  window: { min: number; max: number },
): Read {
  const [rows, outputs, devices] = shapeOf(layer);
  const code: WeightCode = { signs: new Array<1>(devices).fill(1), offset: siemens(offset / readVoltage) };
  const decoding = { code, gamma: scale / readVoltage, device };
  const { cells, clipped } = cellsOf(layer, readVoltage, window);
  const inputs = rows - 1;
  const targets = cells.slice(0, inputs * outputs * devices);
  const weight = decoded(targets, inputs, outputs, decoding);
  const bias = decoded(cells.subarray(targets.length), 1, outputs, decoding);
  return {
    dense: { type: "dense", name: layer.name, inputs, outputs, weight, bias },
    code,
    targets,
    clipped,
  };
}

/**
 * A map from conductances that were trained elsewhere, dense layers with ReLU between them: the cells are targets as they
 * are, the model is what they decode to, with the devices' read noise as its posterior. The bias row stays digital, as in
 * every map. Errors: SHAPE_MISMATCH, BOARD_TOO_SMALL.
 */
export function importConductances(
  foreign: readonly ForeignLayer[],
  descriptor: Descriptor,
  options: ImportConductancesOptions,
): ConductanceMap {
  const { device, probes: given, seed = 1, ...coding } = { ...lin2023, ...options };
  const read = foreign.map((layer) => readLayer(layer, { ...coding, device }, windowOf(descriptor, device)));
  const model = modelOf(read, foreign);
  const network = networkOf(model);
  const wanted = read.map(({ dense, code }) => ({ ...dense, devices: code.signs.length }));
  const blocks = packOnto(wanted, descriptor);
  const probes = probesFor(model, given, seed);
  const vectors = probeVectors(network, probes, seed);
  const layers = network.stages.map((stage, k) => {
    const { code, targets, clipped } = read[k]!;
    const gamma = new Float32Array(stage.outputs).fill(coding.scale / coding.readVoltage);
    const placed = { code, blocks: blocks[k]!, targets, clipped, gamma };
    return scaledLayer(stage, placed, { descriptor, vectors: vectors[k]!, device });
  });
  const targets = layers.map((layer) => layer.targets);
  const tolerance = toleranceFor(targets, descriptor, device);
  return {
    model,
    modelSha256: modelSha256(model),
    board: boardOf(descriptor),
    layers,
    tolerance,
    scalesFrom: inWords(probes),
  };
}
