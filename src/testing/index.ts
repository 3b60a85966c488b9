/** For a user's own vitest suites: seeded boards with ordered faults, virtual time, and the suite that every board passes. */
export { type VirtualClock, virtualClock } from "#calibration";
export {
  type LinkFaults,
  type SimulatedBoardOptions,
  type SimulatorSettings,
  simulatedBoard,
} from "#drivers";
export { type ObligationTitle, obligationTitles } from "../conformance/index.ts";
export { boardContract, type ContractOptions } from "./contract.ts";
