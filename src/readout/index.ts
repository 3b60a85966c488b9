/** Volts in, noisy currents out: a layer's products with input vectors, read on the board. */
export { type LayerReadOut, type ReadLayerOptions, readLayer } from "./read-layer.ts";
