/** What stands around a board: supply, heater, thermometer, emergency stop. johnny-five's types stay in this folder. */
export { type Bench, type BenchIo, type BenchStatus, openBench } from "./bench.ts";
export type { Cause } from "./interlock.ts";
export { PeripheralsFile, readPeripherals } from "./peripherals-file.ts";
