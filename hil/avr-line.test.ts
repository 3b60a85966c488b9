import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { avrFirmware } from "./emulators/avr/index.ts";
import { lacking, virtualBoard } from "./virtual-board.ts";

const ram = { atmega2560: 8192, atmega328p: 2048 } as const;
const page = readFileSync(new URL("../docs/firmware.md", import.meta.url), "utf8");

/** Flash and static RAM of a chip, as docs/firmware.md has them. */
function documented(chip: string): number[] {
  const row = new RegExp(`^\\| ${chip} \\| ([0-9]+) \\| ([0-9]+) \\|`, "im").exec(page);
  return [Number(row?.[1]), Number(row?.[2])];
}

/**
 * What the line of an AVR carries, as shares of its bits in time: the chip waits for the line up to 250 kBd, and its own
 * CRC, stuffing and SPI from there on (docs/emulated.md). Least shares, a tenth below what was measured.
 */
const shares = [
  ["atmega2560", 115_200, 60, 0.95],
  ["atmega2560", 1_000_000, 200, 0.36],
  ["atmega328p", 115_200, 400, 0.8],
  ["atmega328p", 1_000_000, 800, 0.25],
] as const;

describe.skipIf(lacking("avr-gcc"))("the firmware of an AVR", () => {
  it.each(["atmega2560", "atmega328p"] as const)(
    "leaves the stack of an %s its room, and is as large as docs/firmware.md says within 5 %",
    async (chip) => {
      const { flash, staticData } = await avrFirmware({ chip, baud: 1_000_000 });
      documented(chip).forEach((bytes, i) => {
        expect(Math.abs([flash, staticData][i]! / bytes - 1)).toBeLessThan(0.05);
      });
      // Text mode goes deepest: numbers are read and written.
      const { machine, board } = await virtualBoard(`emulated:${chip}?baud=1000000`, "text");
      await board.sense();
      await board.readCells({ tile: 0, row: 0, col: 0, rows: 2, cols: 2 });
      expect(machine.stackDepth).toBeGreaterThan(100);
      expect(staticData + machine.stackDepth).toBeLessThan(ram[chip] - 16);
    },
  );

  it.each(shares)("keeps the line of an %s at %d baud busy", async (chip, baud, samples, least) => {
    const { machine, board } = await virtualBoard(`emulated:${chip}?baud=${baud}`);
    const { rows, cols, adc } = board.descriptor;
    const area = { tile: 0, row: 0, col: 0, rows: Math.min(rows, 32), cols };
    const codes = new Int16Array(area.rows).fill(40);
    const before = await board.linkFigures();
    const began = machine.now();
    await board.readOut({ area, range: 5, codes, vectors: 1, repeats: samples, firstSample: 0 });
    const span = machine.now() - began;
    const after = await board.linkFigures();
    const sent = after.board.bytesOut - before.board.bytesOut;
    expect(sent).toBeGreaterThan((samples * cols * adc.bits) / 8);
    // At 16 MHz and double speed the rate nearest to 115200 is 117647.
    const rate = 2e6 / Math.round(2e6 / baud);
    expect((sent * 10) / rate / span).toBeGreaterThan(least);
    expect([machine.overruns, after.host.retransmits]).toEqual([0, 0]);
  });
});
