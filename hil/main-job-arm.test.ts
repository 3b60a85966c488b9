import { describe, expect, it } from "vitest";
import { type DeviceModel, deviceModel, loadProfile } from "#calibration";
import { simulatedBoard, wireBoard } from "#drivers";
import type { CrossbarBoard } from "#protocol";
import { type Images, shippedDigits, shippedModelPath } from "../src/datasets/index.ts";
import { deploy } from "../src/deploy/index.ts";
import { type ConductanceMap, map } from "../src/mapping/index.ts";
import { importModel, normalise } from "../src/model/index.ts";
import { type Evaluation, evaluate } from "../src/pipeline.ts";
import { posteriorSampler } from "../src/posterior/index.ts";
import { train } from "../src/training/index.ts";
import { emulateInQemu } from "./emulators/emulate.ts";
import { lacking, virtualBoard } from "./virtual-board.ts";

const profile = "hfox-tsinghua";
const [items, samples] = [40, 20];
const missing = lacking("arm-none-eabi-gcc");

/** Images of 28 × 28 as 7 × 7 means. */
function shrunk({ values, shape: [count = 0] }: Images): Images {
  const small = new Float32Array(count * 49);
  for (let at = 0; at < count * 784; at++) {
    const [row, col] = [Math.floor((at % 784) / 28), at % 28];
    small[Math.floor(at / 784) * 49 + Math.floor(row / 4) * 7 + Math.floor(col / 4)]! += values[at]! / 16;
  }
  return { shape: [count, 49], values: small };
}

/** A small network, 49-12-10, and the digits that it is asked about; made once. */
let job: Promise<Job> | undefined;
const smallJob = (): Promise<Job> => {
  job ??= made();
  return job;
};
async function made() {
  const { images, labels } = await shippedDigits();
  const digits = shrunk(images);
  const model = await train({ images: digits, labels, classes: 10, hidden: [12], seed: 3, epochs: 60 });
  const x = normalise(model.input, digits.values);
  return { model, x, labels: labels.subarray(0, items) };
}

type Job = Awaited<ReturnType<typeof made>>;
const law = async (): Promise<DeviceModel> => deviceModel(await loadProfile(profile));

/** Maps, programs and evaluates on a board, which stays open. */
async function done({ model, x, labels }: Job, board: CrossbarBoard): Promise<[Evaluation, ConductanceMap]> {
  const device = await law();
  const made = map(model, board.descriptor, { device, probes: x });
  const { settled, cells } = await deploy(made, board);
  expect(settled).toBeGreaterThan(0.99 * cells);
  const set = { images: x.subarray(0, items * 49), labels };
  return [await evaluate(made, board, set, { samples, device, layers: "board" }), made];
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const deviation = (values: readonly number[]): number =>
  Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)) * (values.length / (values.length - 1)));

/** The job on simulated boards of the same profile, whose cells come out differently from seed to seed; done once. */
let simulated: Promise<Evaluation[]> | undefined;
async function onSimulated(job: Job): Promise<Evaluation[]> {
  const found: Evaluation[] = [];
  for (const seed of [11, 12, 13, 14, 15, 16, 17, 18]) {
    await using board = await simulatedBoard({ profile, seed });
    found.push((await done(job, board))[0]);
  }
  return found;
}

async function expectAsSimulated(found: Evaluation, job: Job): Promise<void> {
  simulated ??= onSimulated(job);
  for (const figure of ["accuracy", "nll", "mutualInformation"] as const) {
    const values = (await simulated).map((evaluation) => evaluation[figure]);
    // 5 deviations from 8 boards, t with 7 degrees of freedom: wrong alarm in 0.2 % of seeds a figure; one digit is 0.025.
    const bar = 5 * deviation(values) * Math.sqrt(1 + 1 / 8) + (figure === "accuracy" ? 0.025 : 0);
    expect(Math.abs(found[figure] - mean(values)), figure).toBeLessThan(bar);
  }
}

describe.skipIf(missing)("the main job on an emulated RP2040", () => {
  it("comes out as on simulated boards, and as with the layers on the host", async () => {
    const job = await smallJob();
    const { machine, board } = await virtualBoard("emulated:rp2040?baud=3000000");
    const [found, made] = await done(job, board);
    await expectAsSimulated(found, job);
    await expectSameNetwork(made, board, job);
    expect([machine.overruns, machine.front.mistakes]).toEqual([0, []]);
    await board.close();
  });

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
  });
});

/** Samples of the network run on the board and layer by layer have the same means and variances. */
async function expectSameNetwork(made: ConductanceMap, board: CrossbarBoard, { x }: Job): Promise<void> {
  const [asked, runs] = [4, 150];
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
    const { transport, front } = (await emulateInQemu("emulated:mps2-an386"))!;
    const board = await wireBoard(transport);
    await expectAsSimulated((await done(job, board))[0], job);
    expect(front.mistakes).toEqual([]);
    await board.close();
  });
});
