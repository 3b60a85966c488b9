import { expect } from "vitest";
import { type DeviceModel, deviceModel, loadProfile } from "#calibration";
import { simulatedBoard } from "#drivers";
import type { CrossbarBoard } from "#protocol";
import { type Images, shippedDigits } from "../src/datasets/index.ts";
import { deploy } from "../src/deploy/index.ts";
import { type ConductanceMap, map } from "../src/mapping/index.ts";
import { normalise } from "../src/model/index.ts";
import { type Evaluation, evaluate } from "../src/pipeline.ts";
import { train } from "../src/training/index.ts";

const profile = "hfox-tsinghua";
const [items, samples] = [40, 20];

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
export const smallJob = (): Promise<Job> => {
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

export type Job = Awaited<ReturnType<typeof made>>;
export const law = async (): Promise<DeviceModel> => deviceModel(await loadProfile(profile));

/** Maps, programs and evaluates on a board, which stays open. */
export async function done(
  { model, x, labels }: Job,
  board: CrossbarBoard,
  layers: "board" | "host" = "board",
): Promise<[Evaluation, ConductanceMap]> {
  const device = await law();
  const made = map(model, board.descriptor, { device, probes: x });
  const { settled, cells } = await deploy(made, board);
  expect(settled).toBeGreaterThan(0.99 * cells);
  const set = { images: x.subarray(0, items * 49), labels };
  return [await evaluate(made, board, set, { samples, device, layers }), made];
}

export const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
export const deviation = (values: readonly number[]): number =>
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

/** Accuracy, likelihood and doubt as on simulated boards, within their spread. */
export async function expectAsSimulated(found: Evaluation, job: Job): Promise<void> {
  simulated ??= onSimulated(job);
  for (const figure of ["accuracy", "nll", "mutualInformation"] as const) {
    const values = (await simulated).map((evaluation) => evaluation[figure]);
    // 5 deviations from 8 boards, t with 7 degrees of freedom: wrong alarm in 0.2 % of seeds a figure; one digit is 0.025.
    const bar = 5 * deviation(values) * Math.sqrt(1 + 1 / 8) + (figure === "accuracy" ? 0.025 : 0);
    expect(Math.abs(found[figure] - mean(values)), figure).toBeLessThan(bar);
  }
}
