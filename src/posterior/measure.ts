import { type DeviceModel, type HeldArea, noiseFloor } from "#calibration";
import type { CrossbarBoard, Seconds } from "#protocol";
import { type Block, type ConductanceMap, type MappedLayer, usualAge } from "../mapping/index.ts";
import type { MeasuredLayer } from "./top-up.ts";

export interface MeasureOptions {
  readonly device: DeviceModel;
  /** Conductances read back, as `deploy` reports them; the targets otherwise. */
  readonly conductances?: readonly Float32Array[];
  readonly age?: Seconds;
  readonly seed?: number;
  readonly signal?: AbortSignal | undefined;
}

function heldArea(
  { area, input, output }: Block,
  { outputs, code, range }: MappedLayer,
  conductances: Float32Array,
): HeldArea {
  const own = new Float32Array(area.rows * area.cols);
  for (let r = 0; r < area.rows; r++) {
    const from = ((input + r) * outputs + output) * code.signs.length;
    own.set(conductances.subarray(from, from + area.cols), r * area.cols);
  }
  return { area, range, conductances: own };
}

/**
 * What a deployed board shows of each layer: its noise beside the device law's (ρ, from repeats of random inputs), with
 * the conductances it was found with. Given to `posteriorSampler` as `measured`, it corrects the top-up.
 * Errors: what the board rejects with.
 */
export async function measureLayers(
  map: ConductanceMap,
  board: CrossbarBoard,
  options: MeasureOptions,
): Promise<MeasuredLayer[]> {
  const { device, age = usualAge, seed = 1, signal, conductances } = options;
  const measured: MeasuredLayer[] = [];
  for (const [k, layer] of map.layers.entries()) {
    const held = conductances?.[k] ?? layer.targets;
    const areas = layer.blocks.map((block) => heldArea(block, layer, held));
    const floors = await noiseFloor(board, areas, { device, age, seed, signal });
    const sum = (key: "measured" | "predicted"): number =>
      floors.reduce((total, floor, b) => total + floor[key] * areas[b]!.area.cols, 0);
    measured.push({ conductances: held, noiseRatio: sum("measured") / sum("predicted") });
  }
  return measured;
}
