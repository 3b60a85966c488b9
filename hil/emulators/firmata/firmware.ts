import type { ChipName } from "../avr/chips.ts";
import { type Firmware, firmware } from "../firmware.ts";

/** Builds mini-Firmata for a chip and a rate of its line. Throws FIRMWARE_UNBUILT. */
export const miniFirmata = (chip: ChipName, baud: number): Promise<Firmware> =>
  firmware({
    board: "mini-firmata",
    make: "mini-firmata",
    file: `${chip}.bin`,
    variables: { CHIP: chip, BAUD: baud },
  });
