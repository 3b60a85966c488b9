/** The library face: what `mho` on the command line does, for programs. docs/library.md shows the whole job in a dozen lines. */
export { type BoardProfile, type DeviceModel, deviceModel, loadProfile, profileNames } from "#calibration";
export {
  type CrossbarBoard,
  type Descriptor,
  type ErrorCode,
  isMhoError,
  MhoError,
  microsiemens,
} from "#protocol";
export { open, type Rerun, rerun } from "./cli/index.ts";
export { type Images, readImages, readLabels, shippedDigits, shippedModelPath } from "./datasets/index.ts";
export { type DeployOptions, type DeployReport, deploy } from "./deploy/index.ts";
export { type ConductanceMap, type MapOptions, map, readMap, writeMap } from "./mapping/index.ts";
export {
  type BayesianModel,
  importModel,
  normalise,
  parseArch,
  readModel,
  summarise,
  writeModel,
} from "./model/index.ts";
export {
  type Evaluation,
  type EvaluationSet,
  evaluate,
  evaluateReference,
  type Inference,
  type InferOptions,
  infer,
} from "./pipeline.ts";
export { type PosteriorSamples, referenceSamples } from "./posterior/index.ts";
export { type TrainingOptions, train } from "./training/index.ts";
export { type Predictive, predictive } from "./uncertainty/index.ts";
