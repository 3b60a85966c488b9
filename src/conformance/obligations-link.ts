import { must } from "./must.ts";
import { corner, expectRejection, type Obligation, reading } from "./obligation.ts";

/** What a board owes whatever is asked of it. */
export const linkObligations = {
  "describes itself with a geometry, ranges and limits that can be used": {
    needs: [],
    async holds({ descriptor }) {
      const { tiles, rows, cols, dac, adc, conductance, limits } = descriptor;
      for (const positive of [tiles, rows, cols, dac.lsb, dac.max, adc.bits, conductance.lsb, ...adc.ranges])
        must.above(positive, 0, "a size, step or range");
      must.atMost(dac.min, 0, "dac.min");
      must.above(conductance.max, conductance.min, "conductance.max");
      must.atMost(conductance.max / conductance.lsb, 0x7fff, "conductance.max / conductance.lsb");
      must.below(limits.readVoltage, limits.pulseVoltage, "limits.readVoltage");
      must.equal(
        [...adc.ranges],
        [...adc.ranges].sort((a, b) => a - b),
        "adc.ranges, which go up,",
      );
    },
  },
  "senses a temperature and a supply, and never turns its ticks back": {
    needs: [],
    async holds(board) {
      const [first, second] = [await board.sense(), await board.sense()];
      must.above(first.temperature, 200, "temperature in kelvin");
      must.below(first.temperature, 400, "temperature in kelvin");
      must.above(first.supply, 0, "supply in volts");
      must.atLeast(second.ticks, first.ticks, "ticks, the second time,");
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
      must.equal(a.codes.length, 21 * one.cols, "codes of the first of two read-outs");
      must.equal(b.codes.length, 10 * two.cols, "codes of the second of two read-outs");
      must.above(c.temperature, 0, "temperature in kelvin");
      must.equal(cells.length, 3 * two.rows * two.cols, "conductances read");
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
      must.equal((await board.sense()).idle, true, "idle, sensed after idle,");
      must.oneOf(await running, ["done before", "CANCELLED"], "end of what ran");
    },
  },
  "counts what goes over its link, on both sides": {
    needs: [],
    async holds(board) {
      const before = await board.linkFigures();
      await board.sense();
      const { host, board: far } = await board.linkFigures();
      must.atLeast(host.framesOut - before.host.framesOut, 2, "frames that the host sent");
      must.atLeast(far.framesIn - before.board.framesIn, 2, "frames that the board heard");
      must.above(host.bytesIn, before.host.bytesIn, "bytes that the host heard");
      must.above(far.bytesOut, before.board.bytesOut, "bytes that the board sent");
      must.above(host.roundTrip, 0, "round trip in seconds");
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
