/** Model + board profile → conductance map. */

export { differentialPair } from "./code.ts";
export { type ForeignLayer, type ImportConductancesOptions, importConductances } from "./conductances.ts";
export { readMap, writeMap } from "./file.ts";
export { itemsIn } from "./items.ts";
export { usualAge } from "./layer.ts";
export { type Chance, type Drawn, drawOutputs } from "./local-reparameterisation.ts";
export { type MapOptions, map } from "./map.ts";
export { adcLsb, conversionVariance, phasesOf, readVariance, unitsPerAmp, varianceAt } from "./noise.ts";
export { propagate, variancesOf } from "./propagate.ts";
export { requireSameBoard } from "./same-board.ts";
export { type DrivenInputs, quantised, topCode } from "./scales.ts";
export { type Network, networkOf, type Stage, through, vectorsOf } from "./stages.ts";
export type * from "./types.ts";
