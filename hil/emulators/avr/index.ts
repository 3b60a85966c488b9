export { avrFirmware } from "./firmware.ts";
export { avrMachine } from "./machine.ts";
