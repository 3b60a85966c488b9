import { describe, expect, it } from "vitest";
import type { Area, CrossbarBoard } from "#protocol";
import { lacking, virtualBoard } from "./virtual-board.ts";

const area: Area = { tile: 0, row: 0, col: 0, rows: 128, cols: 128 };

/** So many samples of the whole tile, for one vector. */
function wholeTile({ descriptor }: CrossbarBoard, samples: number) {
  const codes = new Int16Array(area.rows).fill(descriptor.dac.max);
  return {
    area,
    range: descriptor.adc.ranges.length - 1,
    codes,
    vectors: 1,
    repeats: samples,
    firstSample: 0,
  };
}

describe.skipIf(lacking("arm-none-eabi-gcc"))("the line of an emulated RP2040", () => {
  for (const [baud, samples] of [
    [115_200, 60],
    [1_000_000, 400],
    [3_000_000, 600],
  ] as const)
    it(`carries a streamed read-out's codes in 95 % of its bytes at ${baud} baud`, async () => {
      const { machine, board } = await virtualBoard(`emulated:rp2040?baud=${baud}`);
      const began = machine.now();
      const { codes } = await board.readOut(wholeTile(board, samples));
      const carried = (machine.now() - began) * (baud / 10);
      const payload = (codes.length * board.descriptor.adc.bits) / 8;
      expect(codes).toHaveLength(samples * area.cols);
      expect(payload / carried).toBeGreaterThan(0.95);
      expect(machine.overruns).toBe(0);
      expect(machine.front.mistakes).toEqual([]);
      expect((await board.linkFigures()).host.retransmits).toBe(0);
      await board.close();
    });
});
