export { type ColourDepth, type ColourMap, colourDepth, greys, type Rgb, viridis } from "./colours.ts";
export { bar, beside, padded, visibleWidth } from "./layout.ts";
export { type Estimate, type Opinion, panel, panelWidth } from "./panel.ts";
export { drawPixels, type Pixels, resample } from "./pixels.ts";
export { type Curve, drawPlot, type Plot, type PlotSize } from "./plot.ts";
