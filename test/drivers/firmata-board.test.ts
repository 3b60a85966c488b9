import { describe, expect, it } from "vitest";
import { virtualClock } from "#calibration";
import { CrossbarFile, firmataBoard } from "#drivers";
import type { CrossbarBoard } from "#protocol";
import { boardContract } from "../../src/testing/index.ts";
import { type FakePart, StandardFirmata } from "./standard-firmata.ts";

const size = 8;
const [reference, zero, feedback] = [5, 2, 20e3];
const [rowDacs, halfDac, adcs, select] = [
  [0x60, 0x61],
  0x62,
  [0x48, 0x49],
  [2, 3, 4, 5, 6, 9, 10, 11],
] as const;
const [drive, trigger] = [12, 13];

const file = CrossbarFile.parse({
  ...{ uid: "passive-8", reference, zero, feedback, drive, readVoltage: 0.2 },
  rows: Array.from({ length: size }, (_, row) => ({ mcp4728: rowDacs[row >> 2], channel: row % 4 })),
  columns: Array.from({ length: size }, (_, col) => ({
    ads1115: adcs[col >> 2],
    channel: col % 4,
    select: select[col],
  })),
  conductance: { min: 2e-6, max: 20e-6 },
  pulser: { trigger, width: 1e-6, half: { mcp4728: halfDac, channel: 0 }, least: 1.1, step: 0.1, most: 2 },
  thermometer: { analog: 0, sensor: "LM335" },
  supply: { analog: 1, divider: 2 },
});

/** 8 × 8 ideal cells: a pulse moves one by its volts beyond 1 V, nothing else does. */
class IdealCrossbar {
  readonly g = new Float64Array(size * size).fill(2e-6);
  readonly dacs = new Map<number, number[]>([...rowDacs, halfDac].map((address) => [address, [0, 0, 0, 0]]));
  readonly firmata: StandardFirmata;

  constructor() {
    const parts = new Map<number, FakePart>();
    for (const [address, codes] of this.dacs)
      parts.set(address, {
        write: (bytes) =>
          void codes.splice(0, 4, ...codes.map((_, i) => (bytes[2 * i]! << 8) | bytes[2 * i + 1]!)),
        read: () => [],
      });
    for (const [part, address] of adcs.entries()) parts.set(address, this.#adc(part));
    this.firmata = new StandardFirmata({
      parts,
      analog: (channel) => [3, 2.5][channel]!,
      onPin: (pin, high) => pin === trigger && high && this.#pulse(),
    });
  }

  #volts(address: number, channel: number): number {
    return (this.dacs.get(address)![channel]! / 4096) * reference - zero;
  }
  get rows(): number[] {
    return Array.from({ length: size }, (_, row) => this.#volts(rowDacs[row >> 2]!, row % 4));
  }

  #adc(part: number): FakePart {
    let [config, code] = [0, 0];
    const convert = (): void => {
      const col = 4 * part + ((config >> 12) & 3);
      const driven = this.firmata.levels.get(drive) && this.firmata.levels.get(select[col]!);
      const current = driven
        ? this.rows.reduce((sum, volts, row) => sum + volts * this.g[row * size + col]!, 0)
        : 0;
      code = Math.max(-32768, Math.min(32767, Math.round(((zero - current * feedback) / 4.096) * 32768)));
    };
    return {
      write: ([register, high = 0, low = 0]) => {
        if (register !== 1) return;
        config = (high << 8) | low;
        convert();
      },
      read: (register) => (register === 1 ? [0x83, 0xe3] : [(code >> 8) & 0xff, code & 0xff]),
    };
  }

  #pulse(): void {
    const half = this.#volts(halfDac, 0);
    this.rows.forEach((volts, row) => {
      for (let col = 0; col < size; col++) {
        const across = volts - (this.firmata.levels.get(select[col]!) ? 0 : half);
        const moved =
          this.g[row * size + col]! + Math.sign(across) * Math.max(0, Math.abs(across) - 1) * 5e-6;
        this.g[row * size + col] = Math.min(24e-6, Math.max(0, moved));
      }
    });
  }
}

async function opened(): Promise<{ crossbar: IdealCrossbar; board: CrossbarBoard }> {
  const crossbar = new IdealCrossbar();
  const clock = patientClock();
  return {
    crossbar,
    board: await firmataBoard(crossbar.firmata.near, file, { clock, source: "simulated", bootId: 1 }),
  };
}

/** Sleeps of a conversion pass at once; longer ones wait for an answer that is on its way, and do not end. */
function patientClock() {
  const clock = virtualClock();
  return {
    ...clock,
    sleep: (span: Parameters<typeof clock.sleep>[0], signal?: AbortSignal) =>
      span < 0.1
        ? clock.sleep(span, signal)
        : new Promise<void>((_, reject) => signal?.addEventListener("abort", reject)),
  };
}

describe("an 8 × 8 crossbar at StandardFirmata, which has no watchdog and counts nothing", () => {
  boardContract("it", async () => (await opened()).board, {
    skip: ["counts what goes over its link, on both sides"],
  });

  it("says that it cannot count, and that it has no watchdog", async () => {
    const { board } = await opened();
    expect(board.descriptor).toMatchObject({ watchdog: 0, firmware: "StandardFirmata.ino" });
    await expect(board.linkFigures()).rejects.toMatchObject({ code: "CAPABILITY_MISSING" });
  });

  it("leaves every row at zero after a call", async () => {
    const { board, crossbar } = await opened();
    await board.readCells({ tile: 0, row: 0, col: 0, rows: 2, cols: 2 });
    expect(crossbar.firmata.levels.get(drive)).toBe(false);
    for (const volts of crossbar.rows) expect(Math.abs(volts)).toBeLessThan(reference / 4096);
  });

  it("reads a column's current to a step of its converter", async () => {
    const { board, crossbar } = await opened();
    crossbar.g.forEach((_, cell) => {
      crossbar.g[cell] = (2 + (cell % 9)) * 1e-6;
    });
    const { dac, adc } = board.descriptor;
    const codes = Int16Array.from({ length: size }, (_, row) => Math.round(dac.max * (row / 8 - 0.4)));
    const area = { tile: 0, row: 0, col: 0, rows: size, cols: size };
    const report = await board.readOut({
      area,
      range: 0,
      codes,
      vectors: 1,
      repeats: 1,
      firstSample: 0,
      zeros: 1,
    });
    report.codes.forEach((code, col) => {
      const current = codes.reduce(
        (sum, drive, row) => sum + drive * dac.lsb * crossbar.g[row * size + col]!,
        0,
      );
      // The virtual ground lies between two codes of the rows' converters: half a code at each cell, and one of the read-out.
      const slack = 1 + ((size * 10e-6 * dac.lsb) / 2 / adc.ranges[0]!) * 2 ** (adc.bits - 1);
      expect(Math.abs(code - (current / adc.ranges[0]!) * 2 ** (adc.bits - 1))).toBeLessThan(slack + 1);
    });
  });

  it("refuses where a converter does not answer", async () => {
    const lone = new StandardFirmata({ analog: () => 2 });
    const other = await firmataBoard(lone.near, file, { clock: patientClock() });
    await expect(other.readCells({ tile: 0, row: 0, col: 0, rows: 1, cols: 1 })).rejects.toMatchObject({
      code: "BOARD_REFUSED",
      facts: { request: "a read of I2C address 0x48" },
    });
    expect(other.descriptor.source).toBe("real");
  });
});

describe("a crossbar at PWM pins and analog pins alone", () => {
  const pins = [3, 5] as const;
  const plain = CrossbarFile.parse({
    ...{ uid: "pins-1", reference: 5, zero: 2.5, feedback: 50e3, drive: 7, readVoltage: 0.5, settle: 0.02 },
    rows: pins.map((pwm) => ({ pwm })),
    columns: [{ analog: 2 }],
    conductance: { min: 0, max: 100e-6 },
    thermometer: { analog: 0, sensor: "LM335" },
    supply: { analog: 1, divider: 2 },
  });
  const cells = [20e-6, 60e-6] as const;

  it("reads cells to a code of each converter, and offers no programming", async () => {
    const firmata: StandardFirmata = new StandardFirmata({
      analog: (channel) => {
        if (channel !== 2) return 3;
        const volts = pins.map((pin) => (firmata.levels.get(7) ? firmata.duties.get(pin)! * 5 - 2.5 : 0));
        return 2.5 - 50e3 * volts.reduce((sum, volt, row) => sum + volt * cells[row]!, 0);
      },
    });
    const board = await firmataBoard(firmata.near, plain, { clock: patientClock() });
    expect(board.descriptor.capabilities).toEqual(["readCells", "readOut"]);
    const read = await board.readCells({ tile: 0, row: 0, col: 0, rows: 2, cols: 1 });
    // 10-bit pins: 4.9 mV, 98 nA, 0.2 µS; PWM: 20 mV of 500, half of it on either side.
    cells.forEach((g, row) => {
      expect(Math.abs(read[row]! - g)).toBeLessThan(0.4e-6 + g * (0.02 / 0.5));
    });
    const request = { area: { tile: 0, row: 0, col: 0, rows: 1, cols: 1 }, maxPulses: 1 };
    await expect(board.program(request as never)).rejects.toMatchObject({ code: "CAPABILITY_MISSING" });
    await board.close();
  });
});
