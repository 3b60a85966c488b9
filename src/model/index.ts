export { type Arch, type ArchLayer, parseArch, readArch } from "./arch.ts";
export {
  type Container,
  floats,
  openContainer,
  parseContainer,
  readContainer,
  sha256Of,
  writeContainer,
} from "./container.ts";
export {
  channelsFirst,
  flatten,
  type ImageShape,
  im2col,
  normalise,
  outputShape,
  pool,
  relu,
  sizeOf,
} from "./digital.ts";
export { readTensors } from "./formats/open.ts";
export { type ImportOptions, importModel } from "./import.ts";
export {
  arraysOf,
  isWeightLayer,
  manifestOf,
  modelIn,
  modelSha256,
  readModel,
  weightShape,
  writeModel,
} from "./model-file.ts";
export { type NamingRule, namingTable } from "./naming/table.ts";
export { parseTransform, softplus, type Transform } from "./naming/transform.ts";
export { type ModelSummary, type Spread, summarise } from "./summary.ts";
export type * from "./types.ts";
