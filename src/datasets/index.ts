export { assetPath } from "./assets.ts";
export { expectWritable, writeAtomically } from "./atomic.ts";
export { readBytes, reason } from "./bytes.ts";
export { letterLike, rotated, shippedDigits, shippedModelPath, uniformNoise } from "./digits.ts";
export { decodeElements, type ElementName, type Elements, elementTypes, type Tensor } from "./elements.ts";
export { type IdxArray, readIdx } from "./idx.ts";
export { type Images, readImages, readLabels } from "./images.ts";
export { formatNpy, parseNpy, readNpy, writeNpy } from "./npy.ts";
