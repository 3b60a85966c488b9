/** What stands around a board: supply, heater, thermometer, emergency stop. johnny-five's types stay in this folder. */
export { type Bench, type BenchIo, type BenchStatus, openBench } from "./bench.ts";
export { CrossbarFile, readCrossbar } from "./crossbar/crossbar-file.ts";
export { type FirmataOptions, firmataBoard } from "./crossbar/firmata-board.ts";
export { firmataUrl, openFirmata } from "./crossbar/open-firmata.ts";
export type { Cause } from "./interlock.ts";
export { PeripheralsFile, readPeripherals } from "./peripherals-file.ts";
