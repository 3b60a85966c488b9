import { describe, expect, it } from "vitest";
import { wireBoard } from "#drivers";
import { type CrossbarBoard, inSiemens, type ProgramRequest, seconds, siemens, volts } from "#protocol";
import { lacking, virtualBoard } from "./virtual-board.ts";

const area = { tile: 2, row: 1, col: 0, rows: 6, cols: 5 };

/** Targets from one end of the range to the other and back, so that every cell needs pulses. */
function programming({ descriptor }: CrossbarBoard, maxPulses = 60): ProgramRequest {
  const { min, max } = descriptor.conductance;
  const targets = Float64Array.from({ length: area.rows * area.cols }, (_, i) => {
    return min + ((max - min) * ((i * 7) % 10)) / 10;
  });
  return { area, targets: inSiemens(targets), tolerance: siemens((max - min) / 20), maxPulses };
}

/** What a board answers to one of each request; what hangs on the time a line takes is left out. */
async function session(board: CrossbarBoard) {
  const { outcomes, pulses, conductances } = await board.program(programming(board));
  await board.pulse({ tile: 0, row: 1, col: 1 }, "set", volts(2.5), seconds(2e-6));
  const cells = await board.readCells(area, 3);
  const codes = Int16Array.from({ length: 2 * area.rows }, (_, i) => 20 * i - 100);
  const read = await board.readOut({ area, range: 3, codes, vectors: 2, repeats: 20, firstSample: 7 });
  const { temperature, supply, ...counts } = await board.sense();
  return {
    ...{ outcomes, pulses: [...pulses], conductances: [...conductances], cells: [...cells] },
    ...{ codes: [...read.codes], temperature, supply },
    ...{ given: counts.pulses, taken: counts.readOuts, idle: counts.idle },
  };
}

/**
 * Registers what every emulated board in virtual time must do. `nextBoot` tells from one boot id what the next must be,
 * where the board counts them.
 */
export function emulatedBoard(chip: string, compiler: string, nextBoot?: (boot: number) => number): void {
  describe.skipIf(lacking(compiler))(`an emulated ${chip}`, () => {
    it("answers the same in text mode and in binary mode, number for number", async () => {
      const [binary, text] = await Promise.all(
        (["binary", "text"] as const).map(async (mode) => {
          const { board, machine } = await virtualBoard(`emulated:${chip}?baud=500000`, mode);
          const answers = await session(board);
          expect(machine.front.mistakes).toEqual([]);
          return answers;
        }),
      );
      expect(text).toEqual(binary);
      expect(binary!.given).toBeGreaterThan(20);
      expect(binary!.temperature).toBeCloseTo(300, 0);
      expect(binary!.supply).toBeCloseTo(5, 1);
    });

    it("has its lines at 0 V within 100 ms of the host's last word, and pulses no more", async () => {
      const { board, bench, machine } = await virtualBoard(`emulated:${chip}?baud=1000000&watchdog=80`);
      const { front } = machine;
      const call = board.program(programming(board, 10_000));
      const ended = call.catch((error: { code?: string }) => error.code);
      while (front.pulses < 10) await bench.sleep(seconds(1e-3));
      bench.connect(); // another host: the first one says nothing more
      const silentSince = machine.heardAt;
      expect(await ended).toBe("LINK_LOST");
      await bench.sleep(seconds(1));
      const given = front.pulses;
      expect(front.safe).toBe(true);
      expect(front.safeSince).toBeGreaterThan(silentSince);
      expect(Math.max(front.safeSince, front.pulsedAt) - silentSince).toBeLessThan(0.1);
      await bench.sleep(seconds(1));
      expect(front.pulses).toBe(given);
      expect(front.mistakes).toEqual([]);
    });

    it("comes back after a reset with another boot id and what its cells held", async () => {
      const { board, bench, machine } = await virtualBoard(`emulated:${chip}?baud=1000000`);
      await board.program(programming(board));
      const before = await board.readCells(area, 8);
      machine.reset();
      machine.run(seconds(machine.now() + 0.05));
      await expect(board.sense()).rejects.toMatchObject({ code: "BOARD_REBOOTED" });
      const again = await wireBoard(bench.connect(), { clock: bench });
      const boot = board.descriptor.bootId;
      expect(again.descriptor.bootId).not.toBe(boot);
      if (nextBoot) expect(again.descriptor.bootId).toBe(nextBoot(boot));
      expect(again.descriptor.uid).toBe(board.descriptor.uid);
      const after = await again.readCells(area, 8);
      const mean = (all: ArrayLike<number>): number => Array.from(all).reduce((a, b) => a + b) / all.length;
      expect(Math.abs(mean(after) - mean(before))).toBeLessThan(0.3e-6);
    });
  });
}
