import { devicePanels, floatPanels } from "#calibration";
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
