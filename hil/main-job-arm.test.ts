import { describe, expect, it } from "vitest";
import { wireBoard } from "#drivers";
import type { CrossbarBoard } from "#protocol";
import { shippedDigits, shippedModelPath } from "../src/datasets/index.ts";
import { type ConductanceMap, map } from "../src/mapping/index.ts";
import { importModel, normalise } from "../src/model/index.ts";
import { posteriorSampler } from "../src/posterior/index.ts";
import { emulateInQemu } from "./emulators/emulate.ts";
import { deviation, done, expectAsSimulated, type Job, law, mean, smallJob } from "./main-job.ts";
import { lacking, virtualBoard } from "./virtual-board.ts";

const missing = lacking("arm-none-eabi-gcc");

describe.skipIf(missing)("the main job on an emulated RP2040", () => {
  it("comes out as on simulated boards, and as with the layers on the host", async () => {
    const job = await smallJob();
    const { machine, board } = await virtualBoard("emulated:rp2040?baud=3000000");
    const [found, made] = await done(job, board);
    await expectAsSimulated(found, job);
    await expectSameNetwork(made, board, job);
    expect([machine.overruns, machine.front.mistakes]).toEqual([0, []]);
    await board.close();
  }, 240_000);

  it("needs at most a twentieth of the wire where the board runs the demo's network by itself", async () => {
    const { board } = await virtualBoard("emulated:rp2040?baud=3000000");
    const model = await importModel(shippedModelPath());
    const x = normalise(model.input, (await shippedDigits()).images.values);
    const device = await law();
    const made = map(model, board.descriptor, { device, probes: x });
    const bytes = async (layers: "board" | "host", from: number, count: number): Promise<number> => {
      const carried = async () => (await board.linkFigures()).host;
      const before = await carried();
      await posteriorSampler(made, board, { device, seed: from, layers }).sample(
        x.subarray(from * 784, (from + count) * 784),
        30,
      );
      const after = await carried();
      return (after.bytesIn + after.bytesOut - before.bytesIn - before.bytesOut) / count / 30;
    };
    const plan = 30 * (await bytes("board", 0, 1));
    const alone = await bytes("board", 1, 3);
    const host = await bytes("host", 1, 1);
    expect(alone).toBeLessThan(host / 20);
    // The plan goes over once; with it, from a hundred digits on.
    expect(plan / 100 / 30 + alone).toBeLessThan(host / 20);
    await board.close();
  }, 240_000);
});

/** Samples of the network run on the board and layer by layer have the same means and variances. */
async function expectSameNetwork(made: ConductanceMap, board: CrossbarBoard, { x }: Job): Promise<void> {
  const [asked, runs] = [4, 100];
  const device = await law();
  const [onBoard, onHost] = [
    await posteriorSampler(made, board, { device, seed: 1, layers: "board" }).sample(
      x.subarray(0, asked * 49),
      runs,
    ),
    await posteriorSampler(made, board, { device, seed: 2, layers: "host" }).sample(
      x.subarray(0, asked * 49),
      runs,
    ),
  ];
  for (let at = 0; at < asked * 10; at++) {
    const of = ({ values }: { values: ArrayLike<number> }): number[] =>
      Array.from({ length: runs }, (_, s) => values[(Math.floor(at / 10) * runs + s) * 10 + (at % 10)]!);
    const [a, b] = [of(onBoard), of(onHost)];
    const error = Math.sqrt((deviation(a) ** 2 + deviation(b) ** 2) / runs);
    // 80 comparisons at 5 standard errors: a wrong alarm in 1 of 20 000 seeds.
    expect(Math.abs(mean(a) - mean(b)) / error).toBeLessThan(5);
    expect(Math.abs(Math.log(deviation(a) / deviation(b))) * Math.sqrt(runs)).toBeLessThan(5 * Math.SQRT2);
  }
}

describe.skipIf(missing ?? lacking("qemu-system-arm"))("the main job on a Cortex-M4F in QEMU", () => {
  it("comes out as on simulated boards", async () => {
    const job = await smallJob();
    const { transport, front } = (await emulateInQemu("emulated:mps2-an386?watchdog=20000"))!;
    const board = await wireBoard(transport);
    await expectAsSimulated((await done(job, board))[0], job);
    expect(front.mistakes).toEqual([]);
    await board.close();
  });
});
