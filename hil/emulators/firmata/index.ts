export { miniFirmata } from "./firmware.ts";
export type { I2cPart } from "./i2c.ts";
export { FirmataMachine } from "./machine.ts";
export { Ads1115, Mcp4728 } from "./parts.ts";
