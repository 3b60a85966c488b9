import { type CrossbarBoard, MhoError } from "#protocol";
import {
  adcLsb,
  type Block,
  type MappedLayer,
  phasesOf,
  quantised,
  topCode,
  unitsPerAmp,
} from "../mapping/index.ts";

export interface ReadLayerOptions {
  /** Read-outs of each vector. */
  readonly repeats: number;
  /** Number of the first read-out; those of one block follow each other, vector by vector, repeat fastest. */
  readonly firstSample: number;
  /** Between the first numbers of one block (or phase) and the next, ≥ vectors × repeats, which it is unless said. */
  readonly stride?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface LayerReadOut {
  /** Vectors × repeats × outputs, in weight · activation units, without bias. */
  readonly outputs: Float32Array;
  /** Inputs as they were driven, rounded and cut, vectors × inputs. */
  readonly driven: Float32Array;
  /** ADC codes that stood at an end of the range. */
  readonly saturated: number;
  /** Inputs that were cut at the DAC's range. */
  readonly clipped: number;
  /** Read-outs of an area that this took: vectors × repeats × blocks × phases. */
  readonly readOuts: number;
}

interface Part {
  readonly block: Block;
  readonly sign: 1 | -1;
  readonly codes: Int16Array;
}

/** Rows of a block, cut out of codes of all inputs; of one sign where each sign has its own phase. */
function blockCodes(
  codes: Int16Array,
  inputs: number,
  { input, area: { rows } }: Block,
  phase: 0 | 1 | -1,
): Int16Array {
  const vectors = codes.length / inputs;
  const out = new Int16Array(vectors * rows);
  for (let v = 0, at = 0; v < vectors; v++) {
    const from = v * inputs + input;
    for (let i = 0; i < rows; i++) {
      const code = codes[from + i]!;
      out[at++] = phase === 0 ? code : Math.max(0, phase * code);
    }
  }
  return out;
}

/** Adds the signed ADC codes of one block to the sums of its outputs: sums is read-outs × outputs. */
function addCodes(sums: Float32Array, layer: MappedLayer, { block, sign }: Part, codes: Int16Array): void {
  const { signs } = layer.code;
  const devices = signs.length;
  const columns = block.area.cols;
  const weights = signs.map((device) => device * sign);
  const readOuts = codes.length / columns;
  for (let s = 0, from = 0; s < readOuts; s++) {
    const end = from + columns;
    for (let to = s * layer.outputs + block.output; from < end; to++) {
      let sum = 0;
      for (let k = 0; k < devices; k++) sum += weights[k]! * codes[from++]!;
      sums[to]! += sum;
    }
  }
}

/** Sums of codes → outputs: yⱼ = code sum · lsb · inputLsb / (V_lsb γⱼ) − offset Σᵢ xᵢ / γⱼ. */
function scale(
  sums: Float32Array,
  layer: MappedLayer,
  driven: Float32Array,
  unitsPerCode: Float64Array,
): void {
  const { inputs, outputs, gamma, code } = layer;
  const vectors = driven.length / inputs;
  const readOuts = sums.length / outputs / vectors;
  for (let v = 0, at = 0; v < vectors; v++) {
    let inputSum = 0;
    if (code.offset !== 0) for (let i = v * inputs; i < (v + 1) * inputs; i++) inputSum += driven[i]!;
    for (let r = 0; r < readOuts; r++) {
      for (let j = 0; j < outputs; j++, at++)
        sums[at] = sums[at]! * unitsPerCode[j]! - (code.offset * inputSum) / gamma[j]!;
    }
  }
}

/**
 * Noisy products of a layer's weights with some input vectors, vectors × inputs, read on the board. Rows of a layer that
 * stand in several blocks are added here, after conversion. A signed layer on a board that drives only upwards is read as
 * x⁺ and x⁻. All blocks are asked for at once: the session decides how many are on the wire.
 * Errors: what `board.readOut` rejects with, CANCELLED, SHAPE_MISMATCH.
 */
export async function readLayer(
  board: CrossbarBoard,
  layer: MappedLayer,
  inputs: Float32Array,
  options: ReadLayerOptions,
): Promise<LayerReadOut> {
  const { repeats, firstSample, signal } = options;
  const vectors = inputs.length / layer.inputs;
  if (!Number.isInteger(vectors)) {
    throw new MhoError("SHAPE_MISMATCH", {
      what: "the input of a layer",
      found: `${inputs.length} values`,
      wanted: `vectors of ${layer.inputs}`,
    });
  }
  const { descriptor } = board;
  const { codes, driven, clipped } = quantised(
    inputs,
    layer,
    topCode(descriptor, descriptor.limits.readVoltage),
  );
  const outputs = new Float32Array(vectors * repeats * layer.outputs);
  if (vectors === 0) return { outputs, driven, saturated: 0, clipped, readOuts: 0 };
  const { stride = vectors * repeats } = options;
  const signs = phasesOf(layer, descriptor) === 2 ? ([1, -1] as const) : ([0] as const);
  const parts = layer.blocks.flatMap((block) =>
    signs.map(
      (phase): Part => ({
        block,
        sign: phase === -1 ? -1 : 1,
        codes: blockCodes(codes, layer.inputs, block, phase),
      }),
    ),
  );
  const reports = await Promise.all(
    parts.map((part, k) => {
      const request = {
        area: part.block.area,
        range: layer.range,
        codes: part.codes,
        vectors,
        repeats,
        firstSample: firstSample + k * stride,
      };
      return board.readOut(signal === undefined ? request : { ...request, signal });
    }),
  );
  reports.forEach((report, k) => {
    addCodes(outputs, layer, parts[k]!, report.codes);
  });
  const lsb = adcLsb(descriptor, layer.range);
  scale(
    outputs,
    layer,
    driven,
    unitsPerAmp(layer, descriptor).map((units) => units * lsb),
  );
  const saturated = reports.reduce((sum, report) => sum + report.saturated, 0);
  return { outputs, driven, saturated, clipped, readOuts: vectors * repeats * parts.length };
}
