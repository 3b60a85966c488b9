import { seconds, volts } from "#protocol";
import { must } from "./must.ts";
import { corner, expectRejection, type Obligation, programming } from "./obligation.ts";

const sum = (values: Uint16Array): number => values.reduce((all, value) => all + value, 0);

/** What a board owes whoever changes its cells. */
export const programmingObligations = {
  "reports a cell as settled only if its verify reads within the tolerance": {
    needs: ["program"],
    async holds(board) {
      const request = programming(board, corner(board, 8, 8), (cell) => (cell % 8) / 8);
      const report = await board.program(request);
      must.equal(report.outcomes.length, request.targets.length, "outcomes");
      const settled = report.outcomes.flatMap((outcome, i) => (outcome === "settled" ? [i] : []));
      must.above(settled.length, request.targets.length / 2, "cells that settled");
      for (const i of settled)
        must.atMost(
          Math.abs(report.conductances[i]! - request.targets[i]!),
          request.tolerance + board.descriptor.conductance.lsb,
          "distance of a settled cell from its target, in siemens,",
        );
    },
  },
  "programs an area of any size, its reports in the order of the targets": {
    needs: ["program", "readCells"],
    async holds(board) {
      const area = corner(board, 24, 24);
      // Neighbours in a row and in a column differ by more than the tolerance, so that a swap would be seen.
      const request = programming(
        board,
        area,
        (cell) => (((cell % area.cols) * 3 + Math.floor(cell / area.cols)) % 7) / 7,
      );
      const report = await board.program(request);
      const read = await board.readCells(area);
      const far = report.outcomes.filter(
        (outcome, i) =>
          outcome === "settled" && Math.abs(read[i]! - request.targets[i]!) > 4 * request.tolerance,
      );
      must.atMost(far.length, request.targets.length / 50, "cells that read far from their target");
    },
  },
  "counts as many pulses as it reports": {
    needs: ["program"],
    async holds(board) {
      const before = await board.sense();
      const up = await board.program(programming(board, corner(board, 12, 12), (cell) => (cell % 5) / 5));
      const down = await board.program(
        programming(board, corner(board, 12, 12), (cell) => 1 - (cell % 5) / 5),
      );
      const after = await board.sense();
      must.above(sum(up.pulses) + sum(down.pulses), 0, "pulses reported");
      must.equal(
        after.pulses - before.pulses,
        sum(up.pulses) + sum(down.pulses),
        "pulses counted, against those reported,",
      );
    },
  },
  "gives no cell more pulses than it may, and reports one that does not settle": {
    needs: ["program"],
    async holds(board) {
      const area = corner(board, 4, 4);
      await board.program(programming(board, area, () => 0));
      const far = programming(board, area, () => 0.9);
      for (const maxPulses of [0, 1]) {
        const report = await board.program({ ...far, maxPulses });
        for (const pulses of report.pulses) must.atMost(pulses, maxPulses, "pulses of a cell");
        if (maxPulses === 0)
          must.equal(report.outcomes.includes("settled"), false, "whether a cell settled without a pulse");
      }
    },
  },
  "tells how far a programming has come, up to its end": {
    needs: ["program"],
    async holds(board) {
      const told: number[] = [];
      const request = programming(board, corner(board, 16, 16), (cell) => (cell % 3) / 3);
      await board.program({ ...request, onProgress: (done) => told.push(done) });
      must.equal(told.at(-1), request.targets.length, "cells done, told last,");
      must.equal(
        told,
        [...told].sort((a, b) => a - b),
        "cells done, told in order,",
      );
    },
  },
  "refuses cells outside its array and targets outside its range": {
    needs: ["program"],
    async holds(board) {
      const { rows, conductance } = board.descriptor;
      const outside = { ...corner(board, 1, 1), row: rows };
      await expectRejection(board.program(programming(board, outside, () => 0.5)), "BOARD_REFUSED");
      const request = programming(board, corner(board, 1, 1), () => 0);
      request.targets[0] = conductance.max + 2 * conductance.lsb;
      await expectRejection(board.program(request), "BOARD_REFUSED", "WIRE_RANGE");
    },
  },
  "stops pulsing before it rejects with CANCELLED": {
    needs: ["program"],
    async holds(board) {
      const stop = new AbortController();
      const area = corner(board, 64, 64);
      const request = { ...programming(board, area, (cell) => (cell % 11) / 11), signal: stop.signal };
      const call = board.program(request);
      stop.abort();
      await expectRejection(call, "CANCELLED");
      const [stopped, later] = [await board.sense(), await board.sense()];
      must.equal(later.pulses, stopped.pulses, "pulses a moment after the rejection");
      const unasked = board.program({ ...request, signal: AbortSignal.abort() });
      await expectRejection(unasked, "CANCELLED");
      must.equal(
        (await board.sense()).pulses,
        stopped.pulses,
        "pulses after a call that was cancelled before",
      );
    },
  },
  "gives a single pulse once, and none above its limits": {
    needs: ["pulse"],
    async holds(board) {
      const { tile, row, col } = corner(board, 1, 1);
      const { pulseVoltage, pulseWidth } = board.descriptor.limits;
      const before = await board.sense();
      await board.pulse({ tile, row, col }, "set", volts(pulseVoltage / 2), seconds(pulseWidth / 2));
      await board.pulse({ tile, row, col }, "reset", volts(pulseVoltage / 2), seconds(pulseWidth / 2));
      const high = board.pulse({ tile, row, col }, "set", volts(pulseVoltage * 1.1), pulseWidth);
      await expectRejection(high, "BOARD_REFUSED");
      const long = board.pulse({ tile, row, col }, "set", pulseVoltage, seconds(pulseWidth * 1.1));
      await expectRejection(long, "BOARD_REFUSED");
      must.equal((await board.sense()).pulses - before.pulses, 2, "pulses counted");
    },
  },
} as const satisfies Record<string, Obligation>;
