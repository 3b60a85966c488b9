import type { DeviceModel } from "#calibration";
import type { Seconds } from "#protocol";
import {
  conversionVariance,
  type NoisyLayer,
  programmingVariance,
  readVariance,
  varianceAt,
} from "./noise.ts";
import { variancesOf } from "./propagate.ts";
import type { Stage } from "./stages.ts";
import type { MappedBoard, NoiseBudget } from "./types.ts";

/** Most read-outs averaged for one posterior sample: beyond it a real device's slow noise stops shrinking (physics.md §B6). */
export const mostAveraged = 16;
/** Share of outputs and probes at which averaged device noise must fit into what the posterior asks for. */
export const fittingShare = 0.9;

function median(values: Float32Array): number {
  const sorted = values.slice().sort();
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return 0;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Share of places where `device` / n is more than `asked`. */
function shortShare(asked: Float32Array, device: Float32Array, n: number): number {
  let short = 0;
  for (let i = 0; i < asked.length; i++) if (device[i]! > n * asked[i]!) short++;
  return asked.length === 0 ? 0 : short / asked.length;
}

/** Smallest n ≤ 16 for which device noise / n ≤ asked at 90 % of outputs and probes; 16 where none is enough. */
export function averagingFor(asked: Float32Array, device: Float32Array): number {
  let n = 1;
  while (n < mostAveraged && 1 - shortShare(asked, device, n) < fittingShare) n++;
  return n;
}

export interface Budgeted {
  readonly average: number;
  readonly budget: NoiseBudget;
}

/** Noise budget of a layer at some probe vectors, and how many read-outs to average for it. */
export function budgetOf(
  {
    stage,
    layer,
    board,
    vectors,
    clipped,
  }: { stage: Stage; layer: NoisyLayer; board: MappedBoard; vectors: Float32Array; clipped: number },
  device: DeviceModel | undefined,
  age: Seconds,
): Budgeted {
  const { weight, bias } = stage.layer;
  const biasVariance = Float64Array.from({ length: stage.outputs }, (_, j) => (bias?.std[j] ?? 0) ** 2);
  const nothing = new Float64Array(stage.outputs);
  const asked = varianceAt(vectors, variancesOf(weight, stage.outputs), biasVariance);
  const zero = (): Float32Array => new Float32Array(weight.mean.length);
  const one = varianceAt(
    vectors,
    device ? readVariance(layer, device, age) : zero(),
    conversionVariance(layer, board),
  );
  const frozen = varianceAt(vectors, device ? programmingVariance(layer, device, age) : zero(), nothing);
  // Without cell noise every repeat gives the same codes: there is nothing to average.
  const average = device === undefined || device.noiseLaw === "none" ? 1 : averagingFor(asked, one);
  const budget = {
    asked: median(asked),
    device: median(one),
    programming: median(frozen),
    short: shortShare(asked, one, average),
    clipped,
  };
  return { average, budget };
}
