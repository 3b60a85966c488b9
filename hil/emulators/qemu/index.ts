import { firmware } from "../firmware.ts";

export { type QemuBoard, type QemuOptions, qemuBoard } from "./board.ts";

/** The firmware for the MPS2 with a Cortex-M4F, built on the spot. Throws FIRMWARE_UNBUILT. */
export async function cortexFirmware(watchdog?: number): Promise<Uint8Array> {
  const constants = watchdog === undefined ? {} : { WATCHDOG_MS: watchdog };
  return (await firmware({ board: "cortex-m", file: "mps2-an386.elf", constants })).image;
}
