export { prepare } from "./constants";
export { deviations, requantised, scaledSums, signedSums } from "./forward";
export { gemm, pack, unpad } from "./gemm";
export { driven, drivenCodes, drivenPanels, gemm16 } from "./gemm16";
export { activations, drift, moments16, outputs, posterior, roots, squares } from "./layers";
export { peakDot, peakMultiplyAdd } from "./limits";
export { laplaces, normals } from "./normals";
export { keyed } from "./random";
export { codes, deviceReads, laplaceReads } from "./reads";
export {
  amplified, coarse, columnMoments, floated, lineCodes, momentCodes, momentLines, multiplied, squares16, tallied, widened,
} from "./samples";
export { telegraphDense, telegraphSkip } from "./telegraph";

/** First byte that holds no constant. */
export function heap(): usize {
  return __heap_base;
}
