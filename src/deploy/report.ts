import type { ConductanceMap, MappedLayer } from "../mapping/index.ts";
import { isWeightLayer } from "../model/index.ts";
import type { Outcome } from "./program.ts";

/** How well the cells of one layer hold their targets. */
export interface LayerDeployment {
  readonly name: string;
  readonly cells: number;
  /** Root mean square of what cells read minus their targets, in siemens … */
  readonly rmsSiemens: number;
  /** … and of what the weights decode to minus the means, in weight units. */
  readonly rmsWeight: number;
}

export interface DeployReport extends Outcome {
  readonly cells: number;
  /** Of these, cells that an earlier, interrupted run had done and that were not programmed again as a whole. */
  readonly resumed: number;
  readonly layers: readonly LayerDeployment[];
  /** What cells read after all was programmed (mean of four reads), layer by layer in the order of the targets, in siemens. */
  readonly conductances: readonly Float32Array[];
}

function layerDeployment(
  name: string,
  { targets, gamma, code, outputs }: MappedLayer,
  read: Float32Array,
): LayerDeployment {
  const devices = code.signs.length;
  let cellSquares = 0;
  let weightSquares = 0;
  for (let weight = 0; weight < targets.length / devices; weight++) {
    let error = 0;
    for (let k = 0; k < devices; k++) {
      const off = read[weight * devices + k]! - targets[weight * devices + k]!;
      cellSquares += off * off;
      error += code.signs[k]! * off;
    }
    weightSquares += (error / gamma[weight % outputs]!) ** 2;
  }
  const rms = (squares: number, count: number): number => Math.sqrt(squares / count);
  return {
    name,
    cells: targets.length,
    rmsSiemens: rms(cellSquares, targets.length),
    rmsWeight: rms(weightSquares, targets.length / devices),
  };
}

export function reportOf(
  map: ConductanceMap,
  outcome: Outcome & { resumed: number },
  conductances: readonly Float32Array[],
): DeployReport {
  const layers = map.layers.map((mapped, k) => {
    const layer = map.model.layers[mapped.layer]!;
    return layerDeployment(isWeightLayer(layer) ? layer.name : `layer ${k}`, mapped, conductances[k]!);
  });
  return { cells: layers.reduce((sum, layer) => sum + layer.cells, 0), ...outcome, layers, conductances };
}
