import {
  type CrossbarLayer,
  direct,
  type Forward,
  type NetworkPlan,
  networkForward,
  pool,
  randomStream,
  streams,
} from "#calibration";
import { cpuProbe, wallProbe } from "./measure.ts";
import { type Bench, contest } from "./row.ts";

const sizes = [784, 256, 256, 10] as const;
const [items, samples, workers] = [32, 100, 2];

function randomPlan(): NetworkPlan {
  const chance = randomStream(1, streams.reference);
  const normal = (length: number, scale: number): Float32Array =>
    Float32Array.from({ length }, () => scale * chance.normal());
  const layers = sizes.slice(1).map((cols, l): CrossbarLayer => {
    const rows = sizes[l]!;
    const perInput = l === 0 ? 3 : 0.05;
    return {
      ...{
        rows,
        cols,
        mean: normal(rows * cols, perInput),
        sigma: normal(rows * cols, perInput / 10).map(Math.abs),
      },
      ...{ gain: l + 2 === sizes.length ? 0.05 : 1, bias: normal(cols, 1), low: -128, high: 127 },
    };
  });
  return { layers, inputHigh: 127 };
}

/** All of it: moments, one draw a column, ADC, ReLU, softmax, entropies; arrays are used again where numpy lets them. */
const numpyClosedForm = `
sizes, b, k = ${JSON.stringify(sizes)}, ${items}, ${samples}
ws = [g.standard_normal((p, q), dtype=f32) * f32(.05) for p, q in zip(sizes, sizes[1:])]; vs = [w * w * f32(.01) for w in ws]
bs = [g.standard_normal(q, dtype=f32) for q in sizes[1:]]; x0 = g.random((b, sizes[0]), dtype=f32)
zs = [np.empty((b * k, q), f32) for q in sizes[1:]]; ms = [np.empty((b * k, q), f32) for q in sizes[1:]]
ss = [np.empty((b * k, q), f32) for q in sizes[1:]]; squares = [np.empty((b * k, q), f32) for q in sizes[1:]]
def f():
  x, xx = x0, x0 * x0
  for l, (w, v, z, mean, std, bias) in enumerate(zip(ws, vs, zs, ms, ss, bs)):
    g.standard_normal(out=z, dtype=f32)
    if l == 0:
      m, s = x @ w, np.sqrt(xx @ v); q = z.reshape(b, k, -1); np.multiply(q, s[:, None], out=q); np.add(q, m[:, None], out=q)
    else:
      np.matmul(x, w, out=mean); np.matmul(xx, v, out=std); np.sqrt(std, out=std)
      np.multiply(z, std, out=z); np.add(z, mean, out=z)
    np.rint(z, out=z); np.clip(z, -128, 127, out=z); np.add(z, bias, out=z)
    if l + 2 < len(sizes):
      np.rint(z, out=z); np.clip(z, 0, 127, out=z); x = z; xx = np.multiply(z, z, out=squares[l])
  z -= z.max(1, keepdims=True); e = np.exp(z); e /= e.sum(1, keepdims=True)
  p = e.reshape(b, k, -1).mean(1); expected = -(e * np.log(e + 1e-30)).sum(1).reshape(b, k).mean(1)
  h = -(p * np.log(p + 1e-30)).sum(1); return p, h, h - expected
rate(f, b)`;

/** One input, both devices of each pair drawn for every sample; the cost is that of a sample times their number. */
const numpyPerDevice = `
sizes, k = ${JSON.stringify(sizes)}, ${samples}
layers = [[(g.random((p, q), dtype=f32), g.random((p, q), dtype=f32) * f32(.05)) for _ in range(2)] for p, q in zip(sizes, sizes[1:])]
zs = [np.empty(s, f32) for s in zip(sizes, sizes[1:])]; x0 = g.random(sizes[0], dtype=f32)
def one(x, z, G, S):
  g.standard_normal(out=z, dtype=f32); np.multiply(z, S, out=z); np.add(z, G, out=z); return x @ z
def f():
  x = x0
  for z, (p, q) in zip(zs, layers): x = np.clip(np.rint(one(x, z, *p) - one(x, z, *q)), 0, 127)
  e = np.exp(x - x.max()); return e / e.sum()
rate(f, 1 / k)`;

const request = (plan: NetworkPlan): Forward => {
  const chance = randomStream(2, streams.reference);
  const inputs = Float32Array.from({ length: items * plan.layers[0]!.rows }, () => chance.uniform());
  return { inputs, samples, seed: 1, stream: streams.posterior, firstItem: 0 };
};

export const network: Bench = {
  name: "network",
  does: `posterior inference of ${sizes.join("-")}, ${samples} samples, ADC in every layer`,
  run: async ({ numpy }) => {
    const plan = randomPlan();
    const forward = direct(networkForward(plan));
    const whole = request(plan);
    await using many = pool(networkForward(plan), workers);
    const parts = Array.from({ length: 2 * workers }, (_, i) => ({ ...whole, firstItem: i * items }));
    const alone = await cpuProbe(() => forward(whole), items);
    const together = await wallProbe(() => many.run(parts), parts.length * items);
    const one = { name: "network", unit: "inputs/s", ours: alone };
    const note = `${workers} workers, wall time`;
    const two = { name: "network-workers", unit: "inputs/s", ours: together, note };
    const [closed, perDevice] = ["numpy, closed form, one thread", "numpy per device, one thread"];
    return [
      await contest({ ...one, rival: [closed, numpy(numpyClosedForm)] }),
      await contest({ ...one, rival: [perDevice, numpy(numpyPerDevice)] }),
      await contest({ ...two, rival: [closed, numpy(numpyClosedForm)] }),
      await contest({ ...two, rival: [perDevice, numpy(numpyPerDevice)] }),
    ];
  },
};
