import { crc32c } from "./crc.ts";
import { MhoError } from "./errors.ts";
import { planReader, planWriter } from "./plan-bytes.ts";

/** Where a part of a layer's weights stands on the board, and which of its inputs and outputs it has. */
export interface PlanBlock {
  readonly tile: number;
  readonly row: number;
  readonly col: number;
  readonly rows: number;
  /** Columns: `signs.length` beside each other for each output. */
  readonly cols: number;
  readonly input: number;
  readonly output: number;
}

/**
 * One layer of a network as a board computes it. With x the input codes, S_j the sum over `average` read-outs, blocks and
 * devices of ± their ADC codes (with `twoPhases` those at max(0, x) less those at max(0, −x)), ε a fresh standard normal:
 *
 *   z_j = scale_j S_j + bias_j + offset_j Σᵢ xᵢ + √max(0, floor_j + Σᵢ xᵢ² t_ij lsb_j) · ε
 *
 * then max(0, z) where `relu`, then ⌊z + ½⌋ cut to `low` … `high`: the next layer's input codes, or what the plan gives.
 */
export interface PlanLayer {
  readonly inputs: number;
  readonly outputs: number;
  readonly range: number;
  readonly average: number;
  readonly signs: readonly (1 | -1)[];
  readonly twoPhases: boolean;
  readonly relu: boolean;
  readonly low: number;
  readonly high: number;
  readonly blocks: readonly PlanBlock[];
  /** One an output each. */
  readonly scale: Float32Array;
  readonly bias: Float32Array;
  readonly offset: Float32Array;
  readonly floor: Float32Array;
  /** What is left of the weights' variances to add, t_ij · lsb_j: codes inputs × outputs, one lsb an output. */
  readonly topUp: { readonly codes: Int16Array; readonly lsb: Float32Array } | undefined;
}

/** A network of dense layers that a board holds and runs by itself; its outputs are codes of `outputBits`. */
export interface ForwardPlan {
  readonly outputBits: number;
  readonly layers: readonly PlanLayer[];
}

const version = 1;
const flags = { relu: 1, twoPhases: 2, topUp: 4 } as const;
const perOutput = ["scale", "bias", "offset", "floor"] as const;

/** The plan as bytes: PROTOCOL.md §9. */
export function encodePlan({ outputBits, layers }: ForwardPlan): Uint8Array {
  const to = planWriter();
  to.u8(version, layers.length, outputBits, 0);
  to.u16(layers[0]!.inputs, layers.at(-1)!.outputs);
  for (const layer of layers) {
    to.u16(layer.inputs, layer.outputs, layer.average);
    to.u16(layer.signs.reduce((bits, sign, k) => bits | (sign < 0 ? 1 << k : 0), 0));
    const set = (Object.keys(flags) as (keyof typeof flags)[]).filter((flag) => layer[flag]);
    to.u8(
      layer.signs.length,
      layer.range,
      set.reduce((bits, flag) => bits | flags[flag], 0),
      layer.blocks.length,
    );
    to.i16(layer.low, layer.high);
    for (const { tile, row, col, rows, cols, input, output } of layer.blocks)
      to.u16(tile, row, col, rows, cols, input, output);
    to.align();
    for (const name of perOutput) to.f32s(layer[name]);
    if (!layer.topUp) continue;
    to.f32s(layer.topUp.lsb);
    to.i16s(layer.topUp.codes);
    to.align();
  }
  return to.bytes();
}

/** The plan in these bytes. WIRE_BROKEN where they are none. */
export function decodePlan(bytes: Uint8Array): ForwardPlan {
  const from = planReader(bytes);
  const [made, count, outputBits] = [from.u8(), from.u8(), from.u8(), from.u8()];
  if (made !== version) throw broken(`it has version ${made}, not ${version}`);
  const [inputs, outputs] = [from.u16(), from.u16()];
  const layers = Array.from({ length: count }, () => decodeLayer(from));
  from.end();
  const fault = faultOf(layers, { inputs, outputs, outputBits });
  if (fault !== undefined) throw broken(fault);
  return { outputBits, layers };
}

/** What names a plan: the CRC-32C of its bytes. */
export const planCrc = (bytes: Uint8Array): number => crc32c(bytes);

const broken = (why: string): MhoError => new MhoError("WIRE_BROKEN", { message: "plan", why });

function decodeLayer(from: ReturnType<typeof planReader>): PlanLayer {
  const [inputs, outputs, average, signBits] = [from.u16(), from.u16(), from.u16(), from.u16()];
  const [devices, range, set, blocks] = [from.u8(), from.u8(), from.u8(), from.u8()];
  const [low, high] = [from.i16(), from.i16()];
  const head = {
    ...{ inputs, outputs, average, range, low, high },
    signs: Array.from({ length: devices }, (_, k) => ((signBits >> k) & 1 ? -1 : 1)),
    relu: (set & flags.relu) !== 0,
    twoPhases: (set & flags.twoPhases) !== 0,
    blocks: Array.from({ length: blocks }, () => decodeBlock(from)),
  };
  from.align();
  const [scale, bias, offset, floor] = perOutput.map(() => from.f32s(outputs)) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const layer = { ...head, scale, bias, offset, floor };
  if ((set & flags.topUp) === 0) return { ...layer, topUp: undefined };
  const lsb = from.f32s(outputs);
  const codes = from.i16s(inputs * outputs);
  from.align();
  return { ...layer, topUp: { codes, lsb } };
}

function decodeBlock(from: ReturnType<typeof planReader>): PlanBlock {
  const [tile, row, col] = [from.u16(), from.u16(), from.u16()];
  const [rows, cols, input, output] = [from.u16(), from.u16(), from.u16(), from.u16()];
  return { tile, row, col, rows, cols, input, output };
}

/** Why layers do not make a network, or nothing. Whether its areas are on the board is the board's to say. */
function faultOf(
  layers: readonly PlanLayer[],
  { inputs, outputs, outputBits }: { inputs: number; outputs: number; outputBits: number },
): string | undefined {
  if (outputBits < 1 || outputBits > 16) return `its outputs have ${outputBits} bits`;
  if (layers[0]?.inputs !== inputs || layers.at(-1)?.outputs !== outputs)
    return "its ends are not those of its layers";
  const top = 2 ** (outputBits - 1);
  const last = layers.at(-1)!;
  if (last.low < -top || last.high >= top) return `its outputs do not fit ${outputBits} bits`;
  for (const [k, layer] of layers.entries()) {
    if (layer.inputs === 0 || layer.outputs === 0) return `layer ${k} is empty`;
    if (layer.low > layer.high) return `layer ${k} has outputs from ${layer.low} to ${layer.high}`;
    if (k > 0 && layers[k - 1]!.outputs !== layer.inputs) return `layer ${k} does not fit the one before`;
    if (layer.average < 1 || layer.signs.length < 1 || layer.signs.length > 16)
      return `layer ${k} reads nothing`;
    for (const { rows, cols, input, output } of layer.blocks)
      if (
        input + rows > layer.inputs ||
        output * layer.signs.length + cols > layer.outputs * layer.signs.length ||
        cols % layer.signs.length !== 0
      )
        return `layer ${k} has a block beyond its inputs or outputs`;
  }
  return undefined;
}
