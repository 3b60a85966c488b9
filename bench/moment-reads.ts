import { inPlace, momentReads, streams } from "#calibration";
import { cols, numpyDevices, random, rows } from "./device-reads.ts";
import { cpuProbe } from "./measure.ts";
import { type Bench, contest } from "./row.ts";

const [vectors, repeats] = [32, 100];

const numpyMoments = `
b, k, n, m = ${vectors}, ${repeats}, ${rows}, ${cols}
x, w, v = g.random((b, n), dtype=f32), g.random((n, m), dtype=f32), g.random((n, m), dtype=f32) * f32(.01)
z = np.empty((b, k, m), f32)
def f():
  mean, std = x @ w, np.sqrt((x * x) @ v)
  g.standard_normal(out=z, dtype=f32)
  np.multiply(z, std[:, None], out=z); np.add(z, mean[:, None], out=z); np.rint(z, out=z); np.clip(z, -128, 127, out=z)
  return z.astype(np.int8)
rate(f, b * k)`;

export const momentReading: Bench = {
  name: "moment-reads",
  does: `read-outs of ${rows}×${cols} from moments, ${repeats} of each of ${vectors} inputs, with ADC`,
  run: async ({ numpy }) => {
    const array = {
      ...{ rows, cols, low: -128, high: 127 },
      ...{ mean: random(rows * cols, 0.2).map((m) => m - 0.1), sigma: random(rows * cols, 0.02) },
    };
    const read = inPlace(momentReads(array));
    const request = {
      ...{ seed: 1, stream: streams.readOuts, first: 0, inputs: random(vectors * rows, 1), repeats },
    };
    const ours = await cpuProbe(() => read(request), vectors * repeats);
    const said = { name: "moment-reads", unit: "read-outs/s", ours };
    const perDevice = `${numpyDevices}rate(lambda: one(*pairs[0]) - one(*pairs[1]), 1)`;
    return [
      await contest({ ...said, rival: ["numpy per device", numpy(perDevice)] }),
      await contest({ ...said, rival: ["numpy, same formula", numpy(numpyMoments)] }),
    ];
  },
};
