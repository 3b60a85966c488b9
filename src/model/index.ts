export {
  type Container,
  type ContainerKind,
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
export { type ModelSummary, type Spread, summarise } from "./summary.ts";
export type * from "./types.ts";
