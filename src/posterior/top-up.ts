import type { DeviceModel } from "#calibration";
import type { Seconds } from "#protocol";
import {
  conversionVariance,
  type MappedBoard,
  type MappedLayer,
  readVariance,
  type Stage,
  varianceAt,
  variancesOf,
} from "../mapping/index.ts";

/** What is left to add to a layer's read-outs: Σᵢ xᵢ² Tᵢⱼ + tⱼ at input x. */
export interface TopUp {
  /** Tᵢⱼ = σ²ᵢⱼ − ρ Σₖ σ²_read(Gᵢⱼₖ) / (n γⱼ²), inputs × outputs. */
  readonly weights: Float32Array;
  /** tⱼ = σ²_bⱼ − ρ conversions · lsb² / (12 n). */
  readonly constant: Float64Array;
}

/** What was measured of a deployed layer; what was not is taken from the map and the device law. */
export interface MeasuredLayer {
  /** Conductances read back, in the order of the layer's targets. */
  readonly conductances?: Float32Array;
  /** ρ: measured over predicted variance of one read-out. */
  readonly noiseRatio?: number;
}

export interface NoiseSource {
  readonly board: MappedBoard;
  readonly device: DeviceModel | undefined;
  readonly age: Seconds;
}

/** The top-up of a layer, with V and D of docs/posterior.md already subtracted weight by weight. */
export function topUpOf(
  stage: Stage,
  layer: MappedLayer,
  source: NoiseSource,
  measured: MeasuredLayer = {},
): TopUp {
  const { weight, bias } = stage.layer;
  const { device, age, board } = source;
  const share = (measured.noiseRatio ?? 1) / layer.average;
  const weights = variancesOf(weight, stage.outputs);
  if (device !== undefined) {
    const read = readVariance(layer, device, age, measured.conductances);
    for (let i = 0; i < weights.length; i++) weights[i]! -= share * read[i]!;
  }
  const constant = conversionVariance(layer, board).map(
    (variance, j) => (bias?.std[j] ?? 0) ** 2 - share * variance,
  );
  return { weights, constant };
}

/**
 * √max(0, V − D/n) at each input vector and output, and at how many of them D/n is larger than V. Where the posterior asks
 * for nothing and the devices give nothing, nothing is short.
 */
export function topUpAt(
  { weights, constant }: TopUp,
  driven: Float32Array,
): { std: Float32Array; short: number } {
  const std = varianceAt(driven, weights, constant);
  let short = 0;
  for (let i = 0; i < std.length; i++) {
    const variance = std[i]!;
    if (variance < 0) short++;
    std[i] = variance > 0 ? Math.sqrt(variance) : 0;
  }
  return { std, short };
}
