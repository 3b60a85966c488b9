import { codePanels, devicePanels, floatPanels, padded, quantised } from "#calibration";
import type { AgedArea } from "./aged-area.ts";

/** Numbers of an area's cells as kernels take them: a sum's weights, or the devices one by one. */
export type PanelName = "mean" | "variance" | "third" | "fourth" | "normals" | "laplaces";

const known = new WeakMap<AgedArea, Map<PanelName, Float32Array>>();
/** Laplace numbers of the kernels have the standard deviation √2. */
const ofLaplace = (sigma: Float32Array): Float32Array => sigma.map((value) => value * Math.SQRT1_2);

function made(area: AgedArea, name: PanelName): Float32Array {
  const { mean, sigma, variance, fourth, clipped } = area;
  switch (name) {
    case "normals":
      return devicePanels(clipped?.mean ?? mean, sigma, area);
    case "laplaces":
      return devicePanels(mean, ofLaplace(sigma), area);
    default:
      return floatPanels({ mean, variance, fourth, third: clipped?.third ?? fourth }[name], area);
  }
}

/** A panel of an area, made once. */
export function panelOf(area: AgedArea, name: PanelName): Float32Array {
  const panels = known.get(area) ?? new Map<PanelName, Float32Array>();
  known.set(area, panels);
  const panel = panels.get(name) ?? made(area, name);
  panels.set(name, panel);
  return panel;
}

/** A panel in codes of 16 bits, such that no sum over inputs up to `high` leaves 32 bits, and what a code is worth. */
export interface CodedPanel {
  /** The codes, two to a number: panels are kept as floats. */
  readonly panel: Float32Array;
  readonly lsb: number;
  /** Sum of each column, padded to 8. */
  readonly sums: Float32Array;
}

function sumsOf(matrix: Float32Array, { rows, cols }: AgedArea): Float32Array {
  const sums = new Float32Array(padded(cols));
  for (let i = 0, at = 0; i < rows; i++) for (let j = 0; j < cols; j++, at++) sums[j]! += matrix[at]!;
  return sums;
}

const coded = new WeakMap<AgedArea, Map<string, CodedPanel>>();

/** As `panelOf`, in codes, for inputs of codes up to `high`. */
export function codedPanelOf(area: AgedArea, name: "mean" | "variance" | "fourth", high: number): CodedPanel {
  const panels = coded.get(area) ?? new Map<string, CodedPanel>();
  coded.set(area, panels);
  const held = panels.get(`${name} ${high}`);
  if (held !== undefined) return held;
  const { codes, lsb } = quantised(area[name], area, high);
  const made = {
    panel: new Float32Array(codePanels(codes, area).buffer),
    lsb,
    sums: sumsOf(area[name], area),
  };
  panels.set(`${name} ${high}`, made);
  return made;
}
