import type { BoardClock } from "#protocol";
import type { DeployReport } from "../deploy/index.ts";
import type { ConductanceMap, MappedLayer } from "../mapping/index.ts";
import type { ModelSummary } from "../model/index.ts";
import { aligned, percent, si } from "./text.ts";

const three = (spread: { min: number; median: number; max: number }): string =>
  [spread.min, spread.median, spread.max].map((value) => value.toPrecision(3)).join(" / ");

/** A model as a person reads it. */
export function summaryLines({ library, std, layers, notes }: ModelSummary): string[] {
  return [
    `${library}, σ = ${std}`,
    ...aligned([
      ["layer", "type", "shape", "mean: min / median / max", "σ: min / median / max", "bias"],
      ...layers.map((l) => [l.name, l.type, l.shape.join("×"), three(l.mean), three(l.std), l.bias]),
    ]),
    ...notes.map((note) => `note: ${note}`),
  ];
}

function layerOf(map: ConductanceMap, { layer, inputs, outputs, code, blocks, gamma, ...rest }: MappedLayer) {
  const { name = `layer ${layer}` } = map.model.layers[layer] as { name?: string };
  const { inputLsb, range, average, budget } = rest;
  const tiles = new Set(blocks.map((block) => block.area.tile)).size;
  const siemensAWeight = { min: Math.min(...gamma), max: Math.max(...gamma) };
  return {
    name,
    inputs,
    outputs,
    cellsAWeight: code.signs.length,
    tiles,
    siemensAWeight,
    inputLsb,
    range,
    average,
    budget,
  };
}

/** What is in a map, for `--json`. */
export function budgetDocument(map: ConductanceMap) {
  const { board, modelSha256, scalesFrom } = map;
  return {
    kind: "map",
    board,
    modelSha256,
    scalesFrom,
    layers: map.layers.map((layer) => layerOf(map, layer)),
  };
}

/** From which inputs a map's scales are; a model that is mapped for one run takes them from that run's own inputs. */
export const scalesInWords = ({ scalesFrom }: ConductanceMap): string => `scales from ${scalesFrom}`;

/** A map as a person reads it: where each layer lies, and its noise budget as standard deviations of an output. */
export function mapLines(map: ConductanceMap): string[] {
  const { board, layers } = budgetDocument(map);
  const root = (variance: number): string => Math.sqrt(variance).toPrecision(3);
  return [
    `for ${board.uid || "any board"}${board.profile && `, profile ${board.profile}`}: ${board.tiles} tiles of ${board.rows} × ${board.cols}`,
    scalesInWords(map),
    ...aligned([
      [
        "layer",
        "cells",
        "tiles",
        "a weight unit",
        "reads a sample",
        "σ asked",
        "σ device",
        "σ programming",
        "short",
        "clipped",
      ],
      ...layers.map(({ budget, ...l }) => [
        l.name,
        `${l.inputs}×${l.outputs}×${l.cellsAWeight}`,
        `${l.tiles}`,
        si(l.siemensAWeight.min, "S"),
        `${l.average}`,
        root(budget.asked),
        root(budget.device),
        root(budget.programming),
        percent(budget.short),
        percent(budget.clipped),
      ]),
    ]),
    "σ: of an output, in its own unit, medians; short: where the devices are noisier than the posterior, even averaged",
  ];
}

/** How a deployment went, for `--json`: all but the conductances themselves. */
export function deployDocument({ conductances: _, ...report }: DeployReport) {
  return report;
}

/** A deployment as a person reads it. */
export function deployLines({ layers, ...report }: DeployReport): string[] {
  const { cells, settled, notSettled, stuck, pulses, resumed } = report;
  return [
    `${cells} cells, ${pulses} pulses${resumed > 0 ? `, ${resumed} cells taken over from the earlier run` : ""}`,
    `${settled} settled (${percent(settled / cells, 2)}), ${notSettled} outside the tolerance, ${stuck} stuck`,
    ...aligned([
      ["layer", "cells", "rms error of a cell", "rms error of a weight"],
      ...layers.map((l) => [l.name, `${l.cells}`, si(l.rmsSiemens, "S"), l.rmsWeight.toPrecision(3)]),
    ]),
  ];
}

/** A board's clock against the host's, as a person reads it. */
export function clockInWords({
  ratePpm,
  ratePpmError,
  offsetError,
  roundTrip,
  exchanges,
}: BoardClock): string {
  return `${ratePpm.toFixed(0)} ± ${ratePpmError.toFixed(0)} ppm fast, offset known to ± ${si(offsetError, "s")}, by ${exchanges} round trips, the quickest ${si(roundTrip, "s")}`;
}
