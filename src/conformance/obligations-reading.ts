import { must } from "./must.ts";
import { corner, expectRejection, type Obligation, programming, reading } from "./obligation.ts";

const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((a, b) => a + b, 0) / values.length;

/** What a board owes whoever reads it. */
export const readingObligations = {
  "reads every cell of an area, all of them for each repeat": {
    needs: ["program", "readCells"],
    async holds(board) {
      const area = corner(board, 8, 8);
      const { targets } = { ...programming(board, area, (cell) => (cell % 4) / 4) };
      await board.program(programming(board, area, (cell) => (cell % 4) / 4));
      const cells = area.rows * area.cols;
      const read = await board.readCells(area, 40);
      must.equal(read.length, 40 * cells, "conductances");
      const reference = await board.readCells(area, 1);
      must.equal(reference.length, cells, "conductances");
      const window = board.descriptor.conductance.max - board.descriptor.conductance.min;
      const far = targets.filter((target, i) => {
        const reads = Array.from({ length: 40 }, (_, repeat) => read[repeat * cells + i]!);
        return Math.abs(mean(reads) - target) > window / 5;
      });
      must.atMost(far.length, cells / 16, "cells that read far from their target");
    },
  },
  "gives one code for each column of each sample, more driven rows more current": {
    needs: ["program", "readOut"],
    async holds(board) {
      const area = corner(board, 16, 8);
      await board.program(programming(board, area, () => 0.8));
      const share = (vector: number): number => [0, 0.4, 0.8][vector % 3]!;
      const { codes } = await board.readOut(reading(board, area, { vectors: 3, repeats: 50, share }));
      must.equal(codes.length, 3 * 50 * area.cols, "codes");
      const levels = [0, 1, 2].map((vector) =>
        mean(codes.subarray(vector * 50 * area.cols, (vector + 1) * 50 * area.cols)),
      );
      must.above(levels[1]!, levels[0]!, "mean code at medium drive, above that at none,");
      must.above(levels[2]!, levels[1]!, "mean code at high drive, above that at medium,");
    },
  },
  "delivers every sample of a long read-out, in order": {
    needs: ["program", "readOut"],
    async holds(board) {
      const area = corner(board, 16, 16);
      await board.program(programming(board, area, () => 0.9));
      const share = (vector: number): number => (vector % 2) * 0.9;
      const request = reading(board, area, { vectors: 60, repeats: 20, share });
      const before = await board.sense();
      const { codes } = await board.readOut(request);
      const sampled = Array.from({ length: 1200 }, (_, s) =>
        mean(codes.subarray(s * area.cols, (s + 1) * area.cols)),
      );
      const dark = sampled.filter((_, s) => Math.floor(s / 20) % 2 === 0);
      const bright = sampled.filter((_, s) => Math.floor(s / 20) % 2 === 1);
      must.equal(codes.length, 1200 * area.cols, "codes");
      must.above(
        Math.min(...bright),
        Math.max(...dark),
        "least mean code of driven samples, above the greatest of dark ones,",
      );
      must.atLeast((await board.sense()).readOuts - before.readOuts, 1200, "read-outs counted");
    },
  },
  "counts the codes that stand at an end of the converter's range": {
    needs: ["readOut"],
    async holds(board) {
      const { adc } = board.descriptor;
      const request = reading(board, corner(board, 32, 16), { vectors: 4, repeats: 10, share: () => 1 });
      const { codes, saturated } = await board.readOut({ ...request, range: 0 });
      const top = 2 ** (adc.bits - 1);
      must.equal(
        saturated,
        codes.filter((code) => code === top - 1 || code === -top).length,
        "codes counted at an end of the range",
      );
    },
  },
  "refuses a range that it does not have and a code that it cannot drive": {
    needs: ["readOut"],
    async holds(board) {
      const { adc, dac } = board.descriptor;
      const request = reading(board, corner(board, 4, 4), { vectors: 1, repeats: 1, share: () => 0 });
      await expectRejection(board.readOut({ ...request, range: adc.ranges.length }), "BOARD_REFUSED");
      const codes = request.codes.map(() => dac.max + 1);
      await expectRejection(board.readOut({ ...request, codes }), "BOARD_REFUSED", "WIRE_RANGE");
      must.equal(
        (await board.readOut(request)).codes.length,
        request.area.cols,
        "codes of the next read-out",
      );
    },
  },
  "ends a read-out when its signal is aborted, and goes on with the next": {
    needs: ["readOut"],
    async holds(board) {
      const stop = new AbortController();
      const request = reading(board, corner(board, 8, 8), { vectors: 20, repeats: 500, share: () => 0.5 });
      const call = board.readOut({ ...request, signal: stop.signal });
      stop.abort();
      await expectRejection(call, "CANCELLED");
      const next = await board.readOut({
        ...request,
        vectors: 1,
        codes: request.codes.subarray(0, request.area.rows),
      });
      must.equal(next.codes.length, 500 * request.area.cols, "codes of the next read-out");
    },
  },
} as const satisfies Record<string, Obligation>;
