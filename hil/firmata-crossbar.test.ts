import { describe, expect, it } from "vitest";
import { CrossbarFile, firmataBoard } from "#drivers";
import { type CrossbarBoard, inSiemens, microsiemens, nanoseconds, seconds } from "#protocol";
import { boardContract } from "../src/testing/index.ts";
import { type VirtualArduino, virtualArduino } from "./arduino.ts";
import { columnAdc, halfDac, PassiveCrossbar, rowDac } from "./emulators/firmata/index.ts";
import { lacking } from "./virtual-board.ts";

const [rows, cols] = [3, 2];
const volts = { reference: 5, zero: 2.5 } as const;
const pins = { drive: 7, trigger: 8, select: [2, 3] } as const;
const feedback = 47e3;
const width = nanoseconds(1000);

const file = CrossbarFile.parse({
  ...{ uid: "passive-1", profile: "hfox-tsinghua", ...volts, feedback, drive: pins.drive },
  rows: Array.from({ length: rows }, (_, channel) => ({ mcp4728: rowDac, channel })),
  columns: pins.select.map((select, channel) => ({ ads1115: columnAdc, channel, select })),
  readVoltage: 0.2,
  conductance: { min: 2e-6, max: 20e-6 },
  pulser: {
    ...{ trigger: pins.trigger, width, half: { mcp4728: halfDac, channel: 0 } },
    ...{ least: 1.5, step: 0.1, most: 2.5, verifyReads: 2 },
  },
  thermometer: { analog: 0, sensor: "LM335" },
  supply: { analog: 1, divider: 2 },
});

/** An emulated Uno with the circuit of docs/bench-peripherals.md, and the board that it makes. */
async function passive(): Promise<VirtualArduino & { crossbar: PassiveCrossbar; board: CrossbarBoard }> {
  const circuit = { rows, cols, ...volts, ...pins, feedback, width, threshold: 1.4 };
  const crossbar = await PassiveCrossbar.make({ ...circuit, profile: "hfox-tsinghua", seed: 5 });
  const arduino = await virtualArduino("atmega328p", crossbar.parts);
  crossbar.join(arduino.machine);
  arduino.machine.feed(0, 3);
  arduino.machine.feed(1, 2.5);
  const board = await firmataBoard(arduino.transport, file, {
    clock: arduino.clock,
    source: "emulated",
    bootId: 1,
  });
  return { ...arduino, crossbar, board };
}

/** What the cells are, in siemens, row by row. */
const trueCells = (crossbar: PassiveCrossbar): Float64Array =>
  crossbar.front.array.conductances({ tile: 0, row: 0, col: 0, rows, cols });

const whole = { tile: 0, row: 0, col: 0, rows, cols };

describe.skipIf(lacking("avr-gcc"))("a passive crossbar at an emulated Uno with mini-Firmata", () => {
  boardContract("it", async () => (await passive()).board);

  it("says that it is emulated, what it can, and its limits", async () => {
    const { board } = await passive();
    expect(board.descriptor).toMatchObject({
      source: "emulated",
      firmware: "mini-firmata",
      rows,
      cols,
      watchdog: 1,
    });
    expect(board.descriptor.capabilities).toEqual(["program", "readCells", "readOut"]);
    expect(board.descriptor.dac.max * board.descriptor.dac.lsb).toBeLessThanOrEqual(0.2);
    const { temperature, supply } = await board.sense();
    expect(Math.abs(temperature - 300)).toBeLessThan(0.5); // 3 V of an LM335, 0.49 K a code
    expect(Math.abs(supply - 5)).toBeLessThan(0.01);
    await expect(board.forward({} as never)).rejects.toMatchObject({ code: "CAPABILITY_MISSING" });
    await board.close();
  });

  it("moves the cell that it programs, and none that shares a line with it", async () => {
    const { board, crossbar } = await passive();
    const before = trueCells(crossbar);
    const area = { tile: 0, row: 1, col: 1, rows: 1, cols: 1 };
    const report = await board.program({
      ...{ area, targets: inSiemens(Float64Array.of(12e-6)), tolerance: microsiemens(0.9), maxPulses: 200 },
    });
    const after = trueCells(crossbar);
    expect(report.outcomes).toEqual(["settled"]);
    expect(crossbar.front.pulses).toBe(report.pulses[0]);
    expect(crossbar.front.mistakes).toEqual([]);
    // The cell relaxes after its verify, with a standard deviation of about half the tolerance.
    expect(Math.abs(after[1 * cols + 1]! - 12e-6)).toBeLessThan(3e-6);
    for (const [cell, g] of after.entries()) if (cell !== 1 * cols + 1) expect(g).toBe(before[cell]);
    await board.close();
  });

  it("reads out the sum of conductances times volts, either way", async () => {
    const { board, crossbar } = await passive();
    const { dac, adc } = board.descriptor;
    const targets = inSiemens(Float64Array.from({ length: rows * cols }, (_, cell) => (4 + 2 * cell) * 1e-6));
    await board.program({ area: whole, targets, tolerance: microsiemens(0.9), maxPulses: 200 });
    const repeats = 20;
    const codes = Int16Array.of(dac.max, -dac.max, Math.round(dac.max / 2));
    const request = { area: whole, range: 0, codes, vectors: 1, repeats, firstSample: 0, zeros: 4 };
    const { means, variances } = await board.readMoments(request);
    const g = trueCells(crossbar);
    for (let col = 0; col < cols; col++) {
      const current = codes.reduce((sum, code, row) => sum + code * dac.lsb * g[row * cols + col]!, 0);
      const code = (current / adc.ranges[0]!) * 2 ** (adc.bits - 1);
      // Five standard errors of 20 reads and of 4 zeros, and a code of each converter.
      const tolerance =
        5 * Math.sqrt(variances[col]! * (1 / repeats + 1 / 4)) + 2 + 8192 * (16e-9 / adc.ranges[0]!);
      expect(Math.abs(means[col]! - code)).toBeLessThan(tolerance);
    }
    await board.close();
  });

  it("grounds its rows within its watchdog's time when the host goes in the midst of a read-out", async () => {
    const { board, crossbar, machine, clock } = await passive();
    const codes = new Int16Array(rows).fill(board.descriptor.dac.max);
    const running = board.readOut({
      area: whole,
      range: 0,
      codes,
      vectors: 1,
      repeats: 1000,
      firstSample: 0,
    });
    const lost = expect(running).rejects.toMatchObject({ code: "LINK_LOST" });
    while (crossbar.safe) await clock.sleep(seconds(1e-3));
    clock.connect();
    const heard = machine.heardAt;
    while (!crossbar.safe) await clock.sleep(seconds(1e-3));
    expect(machine.now() - heard).toBeLessThan(board.descriptor.watchdog + 0.01);
    await clock.sleep(seconds(2e-3));
    for (const volts of crossbar.converters) expect(Math.abs(volts)).toBeLessThan(1e-3);
    await lost;
  });
});
