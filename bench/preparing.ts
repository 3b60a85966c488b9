import { readFile } from "node:fs/promises";
import { deviceModel, loadProfile } from "#calibration";
import { simulatedBoard, simulatedCore } from "#drivers";
import { inSiemens, microsiemens } from "#protocol";
import { shippedDigits, shippedModelPath } from "../src/datasets/index.ts";
import { map } from "../src/mapping/index.ts";
import { importModel, normalise, readModel } from "../src/model/index.ts";
import { rateOf, wallProbe } from "./measure.ts";
import { type Bench, contest, row } from "./row.ts";

/** Profile of the boards in these benches: one with programming error and read noise. */
export const profile = "hfox-tsinghua";

export const importing: Bench = {
  name: "import",
  does: "a .mho model of the disk, checked and unpacked",
  run: async () => {
    const path = shippedModelPath();
    const megabytes = (await readFile(path)).length / 1e6;
    const rate = await rateOf(() => importModel(path), megabytes);
    const bound = await rateOf(() => readFile(path), megabytes);
    return row({
      ...{ name: "import", unit: "MB/s", rate },
      limit: ["reading the bytes of the file", bound.value],
      reason: "no rival reads .mho",
    });
  },
};

export const mapping: Bench = {
  name: "map",
  does: "model → conductances, scales and noise budget",
  run: async (rivals) => {
    await using board = await simulatedBoard({ profile });
    const model = await readModel(shippedModelPath());
    const { images } = await shippedDigits();
    const probes = normalise(model.input, images.values);
    const device = deviceModel(await loadProfile(profile));
    const made = map(model, board.descriptor, { device, probes });
    const cells = made.layers.reduce((sum, { targets }) => sum + targets.length, 0);
    const ours = await wallProbe(() => map(model, board.descriptor, { device, probes }), cells / 1e6);
    const program = `w = np.random.default_rng(1).standard_normal((${cells >> 1},)).astype(np.float32)
f = lambda: np.stack([np.clip(w, 0, 1) * 1e-6, np.clip(-w, 0, 1) * 1e-6], 1)
rate(f, ${cells} / 1e6)`;
    return contest({
      ...{ name: "map", unit: "Mcells/s", ours, rounds: 3 },
      rival: ["numpy, targets alone (no scales, no budget)", rivals.numpy(program)],
    });
  },
};

const side = 64;
const area = { tile: 0, row: 0, col: 0, rows: side, cols: side };
const tolerance = microsiemens(2);
const [maxPulses, programs] = [50, 8];

/** Targets in counts, over all of the window, far from those of the run before, so that every cell is pulsed. */
const targetsOf = (run: number, { min, max, lsb }: { min: number; max: number; lsb: number }): number[] =>
  Array.from({ length: side * side }, (_, i) =>
    Math.round((min + (max - min) * (((i * 7919 + run * 389) % 997) / 997)) / lsb),
  );

export const deployment: Bench = {
  name: "deploy",
  does: "program with verify through codec and session",
  run: async () => {
    await using board = await simulatedBoard({ profile });
    const { conductance } = board.descriptor;
    const { lsb } = conductance;
    const cells = (side * side * programs) / 1e3;
    const rate = await rateOf(async () => {
      for (let run = 0; run < programs; run++) {
        const targets = inSiemens(Float64Array.from(targetsOf(run, conductance), (count) => count * lsb));
        await board.program({ area, targets, tolerance, maxPulses });
      }
    }, cells);
    const core = await simulatedCore({ profile });
    const bare = await rateOf(() => {
      for (let run = 0; run < programs; run++) {
        const request = {
          ...area,
          tolerance: Math.round(tolerance / lsb),
          maxPulses,
          targets: targetsOf(run, conductance),
        };
        const steps = core.program(request);
        while (!steps.next().done);
      }
    }, cells);
    return row({
      ...{ name: "deploy", unit: "kcells/s", rate },
      limit: ["the bare simulator, no wire", bare.value],
      reason: "no rival simulator is installed",
    });
  },
};
