import { streams, telegraph } from "#calibration";
import { random } from "./device-reads.ts";
import { cpuProbe } from "./measure.ts";
import { type Bench, contest } from "./row.ts";

const [rows, cols, odds] = [512, 256, 1e-3];

/** Odds of each device and state, as ours has them. */
const numpyDense = `
n, m = ${rows}, ${cols}; x = g.random(n, dtype=f32); d = g.random((n, m), dtype=f32)
up = np.full((n, m), ${odds}, f32); down = np.full((n, m), ${odds}, f32)
state = g.random((n, m)) < .5; u, p, y = [np.empty((n, m), f32) for _ in range(3)]; flip = np.empty((n, m), bool)
def f():
  g.random(out=u, dtype=f32); np.copyto(p, up); np.copyto(p, down, where=state); np.less(u, p, out=flip)
  np.logical_xor(state, flip, out=state); np.multiply(d, state, out=y); return x @ y
rate(f, n * m / 1e6)`;

export const telegraphNoise: Bench = {
  name: "telegraph",
  does: `random telegraph noise of ${rows * cols} devices, ${odds} flips a step, with the column sums`,
  run: async ({ numpy }) => {
    const flips = new Float32Array(rows * cols).fill(odds);
    const array = {
      ...{ rows, cols, inputs: random(rows, 1), amplitudes: random(rows * cols, 1), up: flips, down: flips },
    };
    const [jumping, dense] = [telegraph(array, 1, streams.cellReads), telegraph(array, 1, streams.cellReads)];
    let step = 0;
    const devices = (rows * cols) / 1e6;
    const skip = await cpuProbe(() => jumping.skip(step++), devices);
    const every = await cpuProbe(() => dense.dense(step++), devices);
    const said = { unit: "Mdevice-steps/s" };
    const theirs = "numpy, every device";
    return [
      await contest({ ...said, name: "telegraph", ours: skip, rival: [theirs, numpy(numpyDense)] }),
      await contest({ ...said, name: "telegraph-dense", ours: every, rival: [theirs, numpy(numpyDense)] }),
    ];
  },
};
