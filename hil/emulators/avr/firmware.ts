import { firmware } from "../firmware.ts";
import type { ChipName } from "./chips.ts";

export interface AvrFirmware {
  readonly firmware: Uint8Array;
  /** Bytes of flash and of static RAM, as avr-size counts them. */
  readonly flash: number;
  readonly staticData: number;
}

/** Builds the AVR's firmware for a chip and a rate of its link; `watchdog` in milliseconds. Throws FIRMWARE_UNBUILT. */
export async function avrFirmware(options: {
  readonly chip: ChipName;
  readonly baud: number;
  readonly watchdog?: number;
}): Promise<AvrFirmware> {
  const { chip, baud, watchdog } = options;
  const { image, said } = await firmware({
    board: "avr",
    file: `${chip}.bin`,
    variables: { CHIP: chip, BAUD: baud },
    constants: watchdog === undefined ? {} : { WATCHDOG_MS: watchdog },
  });
  const bytes = (what: string): number => Number(new RegExp(`${what}: *([0-9]+) bytes`).exec(said)?.[1]);
  return { firmware: image, flash: bytes("Program"), staticData: bytes("Data") };
}
