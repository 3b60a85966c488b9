import { expect } from "vitest";
import { corner, expectRejection, type Obligation, reading } from "./obligation.ts";

/** What a board owes whatever is asked of it. */
export const linkObligations = {
  "describes itself with a geometry, ranges and limits that can be used": {
    needs: [],
    async holds({ descriptor }) {
      const { tiles, rows, cols, dac, adc, conductance, limits } = descriptor;
      for (const positive of [tiles, rows, cols, dac.lsb, dac.max, adc.bits, conductance.lsb, ...adc.ranges])
        expect(positive).toBeGreaterThan(0);
      expect(dac.min).toBeLessThanOrEqual(0);
      expect(conductance.max).toBeGreaterThan(conductance.min);
      expect(conductance.max / conductance.lsb).toBeLessThanOrEqual(0x7fff);
      expect(limits.readVoltage).toBeLessThan(limits.pulseVoltage);
      expect([...adc.ranges]).toEqual([...adc.ranges].sort((a, b) => a - b));
    },
  },
  "senses a temperature and a supply, and never turns its ticks back": {
    needs: [],
    async holds(board) {
      const [first, second] = [await board.sense(), await board.sense()];
      expect(first.temperature).toBeGreaterThan(200);
      expect(first.temperature).toBeLessThan(400);
      expect(first.supply).toBeGreaterThan(0);
      expect(second.ticks).toBeGreaterThanOrEqual(first.ticks);
    },
  },
  "answers calls that run at the same time, each with its own": {
    needs: ["readOut", "readCells"],
    async holds(board) {
      const [one, two] = [corner(board, 4, 4), corner(board, 6, 2)];
      const share = (): number => 0.3;
      const [a, b, c, cells] = await Promise.all([
        board.readOut(reading(board, one, { vectors: 3, repeats: 7, share })),
        board.readOut(reading(board, two, { vectors: 5, repeats: 2, share })),
        board.sense(),
        board.readCells(two, 3),
      ]);
      expect(a.codes).toHaveLength(21 * one.cols);
      expect(b.codes).toHaveLength(10 * two.cols);
      expect(c.temperature).toBeGreaterThan(0);
      expect(cells).toHaveLength(3 * two.rows * two.cols);
    },
  },
  "is idle after idle, also while another call runs": {
    needs: ["readOut"],
    async holds(board) {
      const request = reading(board, corner(board, 8, 8), { vectors: 10, repeats: 500, share: () => 0.5 });
      const running = board.readOut(request).then(
        () => "done before",
        (error: { code?: string }) => error.code,
      );
      await board.idle();
      expect((await board.sense()).idle).toBe(true);
      expect(["done before", "CANCELLED"]).toContain(await running);
    },
  },
  "counts what goes over its link, on both sides": {
    needs: [],
    async holds(board) {
      const before = await board.linkFigures();
      await board.sense();
      const { host, board: far } = await board.linkFigures();
      expect(host.framesOut - before.host.framesOut).toBeGreaterThanOrEqual(2);
      expect(far.framesIn - before.board.framesIn).toBeGreaterThanOrEqual(2);
      expect(host.bytesIn).toBeGreaterThan(before.host.bytesIn);
      expect(far.bytesOut).toBeGreaterThan(before.board.bytesOut);
      expect(host.roundTrip).toBeGreaterThan(0);
    },
  },
  "rejects calls after close with LINK_LOST, and may be closed twice": {
    needs: [],
    async holds(board) {
      await board.close();
      await expectRejection(board.sense(), "LINK_LOST");
      await board.close();
    },
  },
} as const satisfies Record<string, Obligation>;
