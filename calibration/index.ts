/** What we know of a device, and how we learn it: chance, time, device models, board profiles. */
export type { Crossbar, LineResistance } from "./circuit/crossbar.ts";
export { type CrossbarFactor, factorCrossbar } from "./circuit/factor.ts";
export { type CrossbarSolution, type SolveOptions, solveCrossbar } from "./circuit/solve.ts";
export { columnGains, deviceVoltages, transferMatrix } from "./circuit/transfer.ts";
export * from "./clock.ts";
export { type DeviceModel, deviceModel, type Relaxation } from "./device-model.ts";
export type { NoiseLaw } from "./device-model-noise.ts";
export * from "./device-models/bit-serial.ts";
export * from "./device-models/cmo-hfox.ts";
export * from "./device-models/converter-errors.ts";
export * from "./device-models/gathered-noise.ts";
export * from "./device-models/laplace-read-noise.ts";
export * from "./device-models/layer-noise.ts";
export * from "./device-models/nonlinear-current.ts";
export * from "./device-models/ordered-accumulator.ts";
export * from "./device-models/ornstein-uhlenbeck.ts";
export * from "./device-models/pcm-90nm.ts";
export * from "./device-models/pcm-hermes.ts";
export * from "./device-models/power-law-drift.ts";
export * from "./device-models/proportional-noise.ts";
export * from "./device-models/rectified-normal.ts";
export * from "./device-models/relaxation.ts";
export * from "./device-models/sonos.ts";
export * from "./device-models/stuck-cells.ts";
export * from "./device-models/telegraph-noise.ts";
export * from "./device-models/thermal.ts";
export * from "./device-models/verified-error.ts";
export * from "./device-models/wear.ts";
export { outlook } from "./device-outlook.ts";
export * from "./fit/index.ts";
export * from "./kernels/index.ts";
export {
  type HeldArea,
  type NoiseFloor,
  type NoiseFloorOptions,
  noiseFloor,
} from "./procedures/noise-floor.ts";
export { BoardProfile, type Sourced } from "./profile.ts";
export { loadProfile, profileNames } from "./profile-files.ts";
export { fillLaplaces, fillNormals, philox4x32, type RandomStream, randomStream, streams } from "./random.ts";
