import { firmware } from "../firmware.ts";

export { Rp2040Machine, type Rp2040Options } from "./machine.ts";

/** The firmware for an RP2040, built on the spot. Throws FIRMWARE_UNBUILT. */
export async function rp2040Firmware(settings: {
  readonly serial: "uart" | "usb";
  readonly baud: number;
  readonly watchdog?: number;
}): Promise<Uint8Array> {
  const { serial, baud, watchdog } = settings;
  const built = await firmware({
    board: "rp2040",
    file: "rp2040.bin",
    variables: serial === "usb" ? { SERIAL: serial } : { BAUD: baud },
    constants: watchdog === undefined ? {} : { WATCHDOG_MS: watchdog },
  });
  return built.image;
}
