export { type CircuitOptions, columnAdc, halfDac, PassiveCrossbar, rowDac } from "./crossbar.ts";
export { miniFirmata } from "./firmware.ts";
export type { I2cPart } from "./i2c.ts";
export { FirmataMachine } from "./machine.ts";
