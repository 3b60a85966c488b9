/** For a user's own vitest suites: seeded boards with ordered faults, virtual time, and the suite that every board passes. */
export { type VirtualClock, virtualClock } from "#calibration";
export {
  type LinkFaults,
  type SimulatedBoardOptions,
  type SimulatorSettings,
  simulatedBoard,
} from "#drivers";
export { boardContract, type ContractOptions, type Obligation, obligationTitles } from "./contract.ts";
