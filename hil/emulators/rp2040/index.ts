import { firmware } from "../firmware.ts";

export { Rp2040Machine, type Rp2040Options } from "./machine.ts";

/** The firmware for an RP2040, built on the spot. Throws FIRMWARE_UNBUILT. */
export async function rp2040Firmware(settings: { baud: number; watchdog?: number }): Promise<Uint8Array> {
  const { baud, watchdog } = settings;
  const built = await firmware({
    board: "rp2040",
    file: "rp2040.bin",
    variables: { BAUD: baud },
    constants: watchdog === undefined ? {} : { WATCHDOG_MS: watchdog },
  });
  return built.image;
}
