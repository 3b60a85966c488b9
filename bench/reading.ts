import { deviceModel, loadProfile } from "#calibration";
import { simulatedBoard } from "#drivers";
import type { CrossbarBoard } from "#protocol";
import { shippedDigits, shippedModelPath } from "../src/datasets/index.ts";
import { deploy } from "../src/deploy/index.ts";
import { map } from "../src/mapping/index.ts";
import { normalise, readModel } from "../src/model/index.ts";
import { infer } from "../src/pipeline.ts";
import { type Rival, type Rivals, wallProbe } from "./measure.ts";
import { profile } from "./preparing.ts";
import { type Bench, contest, row } from "./row.ts";

const [vectors, repeats] = [32, 32];

/** A batch of read-outs of the whole of tile 0, every row driven half way. */
function batch({ descriptor: { rows, cols, dac } }: Pick<CrossbarBoard, "descriptor">) {
  const area = { tile: 0, row: 0, col: 0, rows, cols };
  const codes = new Int16Array(vectors * rows).fill(dac.max >> 1);
  return { area, codes, vectors, repeats, range: 0, firstSample: 0, columns: vectors * repeats * cols };
}

export const wireBytes: Bench = {
  name: "wire-bytes",
  does: "bytes both ways for one sample of all columns of a tile",
  run: async () => {
    await using board = await simulatedBoard({ profile });
    const { columns, ...request } = batch(board);
    const bytes = async (): Promise<number> => {
      const { host } = await board.linkFigures();
      return host.bytesIn + host.bytesOut;
    };
    const [asked, before] = [-(await bytes()) + (await bytes()), await bytes()];
    await board.readOut(request);
    const samples = vectors * repeats;
    const rate = { value: ((await bytes()) - before - asked) / samples, spread: 0 };
    const { cols, adc } = board.descriptor;
    return row({
      ...{ name: "wire-bytes", unit: "bytes/sample", rate, lessIsBetter: true },
      rival: ["the same codes in base64", 4 * Math.ceil((cols * 2) / 3)],
      limit: [`${cols} codes of ${adc.bits} bits`, (cols * adc.bits) / 8],
    });
  },
};

const samples = 30;

/** The same draws in numpy, without a board: means and variances by matrix products, one normal an output. */
const numpyPosterior = (rivals: Rivals, sizes: readonly number[], items: number): Promise<Rival> =>
  rivals.numpy(`
sizes = ${JSON.stringify(sizes)}; n, s = ${items}, ${samples}
w = [g.standard_normal((a, b), dtype=np.float32) * .05 for a, b in zip(sizes, sizes[1:])]; v = [x * x for x in w]
x0 = g.random((n, sizes[0]), dtype=np.float32)
def f():
  x = x0
  for k, (m, q) in enumerate(zip(w, v)):
    mean, std = x @ m, np.sqrt((x * x) @ q)
    if k == 0: mean, std = np.repeat(mean, s, 0), np.repeat(std, s, 0)
    x = mean + std * g.standard_normal(mean.shape, dtype=np.float32)
    if k + 1 < len(w): x = np.maximum(x, 0)
  e = np.exp(x - x.max(1, keepdims=True)); return (e / e.sum(1, keepdims=True)).reshape(n, s, -1).mean(1)
rate(f, n)`);

const posteriorOn = (name: string, board: string): Bench => ({
  name,
  does: `predictions of ${samples} posterior samples, shipped model, profile ${board}`,
  run: async (rivals) => {
    await using crossbar = await simulatedBoard({ profile: board });
    const model = await readModel(shippedModelPath());
    const { images, labels } = await shippedDigits();
    const inputs = normalise(model.input, images.values);
    const device = deviceModel(await loadProfile(board));
    const made = map(model, crossbar.descriptor, { device, probes: inputs });
    await deploy(made, crossbar);
    const ours = await wallProbe(() => infer(made, crossbar, inputs, { samples, device }), labels.length);
    const sizes = [made.layers[0]!.inputs, ...made.layers.map((layer) => layer.outputs)];
    // Awaited here: the board is closed when this returns.
    return await contest({
      ...{ name, unit: "predictions/s", ours, rounds: 3 },
      rival: ["numpy, software only (no board, no wire)", numpyPosterior(rivals, sizes, labels.length)],
    });
  },
});

export const posterior = posteriorOn("posterior", "ideal");
/** Small currents of few cells are drawn device by device there. */
export const posteriorLaplace = posteriorOn("posterior-laplace", profile);
