/** For a user's own tests: seeded boards with ordered faults, virtual time, and the suite that every board passes. */
export { type VirtualClock, virtualClock } from "#calibration";
export { type SimulatorSettings, simulatedBoard } from "#drivers";
export { boardContract } from "./contract.ts";
