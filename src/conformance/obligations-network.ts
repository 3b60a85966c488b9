import type { Area, CrossbarBoard, ForwardPlan, ForwardRequest, PlanLayer } from "#protocol";
import { must } from "./must.ts";
import { corner, expectRejection, type Obligation, programming, reading } from "./obligation.ts";

const repeats = 200;

/** Mean and variance of each column of `count` columns over samples. */
function momentsOf(codes: ArrayLike<number>, count: number): { mean: number; variance: number }[] {
  const samples = codes.length / count;
  return Array.from({ length: count }, (_, j) => {
    const column = Array.from({ length: samples }, (_, s) => codes[s * count + j]!);
    const mean = column.reduce((a, b) => a + b, 0) / samples;
    return { mean, variance: column.reduce((sum, code) => sum + (code - mean) ** 2, 0) / (samples - 1) };
  });
}

/** One layer over pairs of columns of `area`: difference of their codes, plus noise of variance `added`, as codes. */
function pairs(area: Area, range: number, added: number): ForwardPlan {
  const outputs = area.cols / 2;
  const layer: PlanLayer = {
    ...{ inputs: area.rows, outputs, range, average: 1, signs: [1, -1], twoPhases: false, relu: false },
    ...{ low: -0x8000, high: 0x7fff, blocks: [{ ...area, input: 0, output: 0 }], topUp: undefined },
    scale: new Float32Array(outputs).fill(1),
    bias: new Float32Array(outputs).fill(5),
    offset: new Float32Array(outputs),
    floor: new Float32Array(outputs).fill(added),
  };
  return { outputBits: 16, layers: [layer] };
}

/** Even columns high, odd ones low, so that a pair has a difference to show. */
const striped = (board: CrossbarBoard, area: Area) =>
  programming(board, area, (cell) => (cell % 2 === 0 ? 0.8 : 0.2));

const running = (plan: ForwardPlan, { codes }: { codes: Int16Array }): ForwardRequest => ({
  ...{ plan, items: 1, inputs: codes, samples: repeats, firstItem: 0, seed: 1 },
});

/** What a board owes that computes by itself. */
export const networkObligations = {
  "adds up read-outs to the moments of their codes": {
    needs: ["program", "readOut", "readMoments"],
    async holds(board) {
      const area = corner(board, 8, 8);
      await board.program(programming(board, area, () => 0.7));
      const share = (vector: number): number => [0.2, 0.8][vector]!;
      const request = reading(board, area, { vectors: 2, repeats, share });
      const { codes } = await board.readOut(request);
      const { means, variances } = await board.readMoments({ ...request, firstSample: 2 * repeats });
      for (const vector of [0, 1]) {
        const size = repeats * area.cols;
        momentsOf(codes.subarray(vector * size, (vector + 1) * size), area.cols).forEach((own, j) => {
          const at = vector * area.cols + j;
          const spread = Math.max(own.variance, variances[at]!, 0.25);
          must.below(
            Math.abs(means[at]! - own.mean),
            6 * Math.sqrt((2 * spread) / repeats) + 1,
            "mean on the board, from that of the codes,",
          );
          must.below(
            variances[at]!,
            3 * own.variance + 1,
            "variance on the board, against that of the codes,",
          );
          must.below(own.variance, 3 * variances[at]! + 1, "variance of the outputs, in codes squared,");
        });
      }
    },
  },
  "runs a stored network: the differences of its columns, its bias, and the noise that is asked for": {
    needs: ["program", "readOut", "forward"],
    async holds(board) {
      const area = corner(board, 8, 8);
      await board.program(striped(board, area));
      const request = reading(board, area, { vectors: 1, repeats, share: () => 0.6 });
      const { codes } = await board.readOut(request);
      const differences = Array.from(
        { length: codes.length / 2 },
        (_, k) => codes[2 * k]! - codes[2 * k + 1]!,
      );
      const wanted = momentsOf(differences, area.cols / 2);
      for (const added of [0, 400]) {
        const report = await board.forward(running(pairs(area, request.range, added), request));
        must.equal(report.codes.length, repeats * (area.cols / 2), "output codes");
        momentsOf(report.codes, area.cols / 2).forEach((own, j) => {
          const spread = wanted[j]!.variance + added + 0.25;
          const far = Math.abs(own.mean - wanted[j]!.mean - 5);
          must.below(
            far,
            6 * Math.sqrt((2 * spread) / repeats) + 1,
            "distance of the mean from that of the read-outs, in codes,",
          );
          // The variance of 200 samples is within a factor 1.7 but once in 1e6.
          must.below(
            own.variance,
            1.7 * 1.7 * (wanted[j]!.variance + added) + 1,
            "variance of the outputs, in codes squared,",
          );
          must.above(
            own.variance,
            (wanted[j]!.variance + added) / (1.7 * 1.7) - 1,
            "variance of the outputs, in codes squared,",
          );
        });
      }
    },
  },
  "refuses a network whose cells it does not have, and runs the next": {
    needs: ["readOut", "forward"],
    async holds(board) {
      const area = corner(board, 4, 4);
      const request = reading(board, area, { vectors: 1, repeats: 1, share: () => 0 });
      const beyond = pairs({ ...area, tile: board.descriptor.tiles }, request.range, 0);
      await expectRejection(board.forward(running(beyond, request)), "BOARD_REFUSED");
      const { codes } = await board.forward(running(pairs(area, request.range, 0), request));
      must.equal(codes.length, repeats * 2, "codes");
    },
  },
} as const satisfies Record<string, Obligation>;
