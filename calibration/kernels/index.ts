/** Kernels: read-outs, products of matrices, whole networks, on this thread or several. */
export {
  type DeviceArray,
  type DeviceReads,
  deviceReads,
  mergedPairs,
  type Numbered,
} from "./device-reads.ts";
export { gemm, squared, transposed } from "./gemm.ts";
export { type Engine, places } from "./job.ts";
export { type Limits, limits } from "./limits.ts";
export { type Codes, type ConvertedArray, type MomentReads, momentReads } from "./moment-reads.ts";
export {
  type CrossbarLayer,
  type Forward,
  type NetworkPlan,
  networkForward,
  type Posterior,
} from "./network.ts";
export { quantised } from "./network-layers.ts";
export { type Numbers, numbers } from "./numbers.ts";
export { codePanels, devicePanels, floatPanels, padded } from "./panels.ts";
export { direct, inPlace, type Pool, pool } from "./pool.ts";
export { type Telegraph, type TelegraphArray, telegraph } from "./telegraph.ts";
export { type Kernels, kernels, newKernels, scratch, simd } from "./wasm.ts";
