import { availableParallelism } from "node:os";
import {
  type DeviceArray,
  deviceReads,
  inPlace,
  mergedPairs,
  pool,
  randomStream,
  streams,
} from "#calibration";
import { cpuProbe, type Rivals, wallProbe } from "./measure.ts";
import { type Bench, contest, type Row } from "./row.ts";

export const [rows, cols] = [784, 256] as const;

const chance = randomStream(1, streams.posterior);
export const random = (length: number, scale: number): Float32Array =>
  Float32Array.from({ length }, () => scale * chance.uniform());
const randomArray = (): DeviceArray => ({
  ...{ rows, cols, conductance: random(rows * cols, 1), sigma: random(rows * cols, 0.05) },
});

/** One read-out of one device a MAC in numpy, without an array made on the way: the best we know to write. */
export const numpyDevices = `
n, m = ${rows}, ${cols}; x = g.random(n, dtype=f32); z = np.empty((n, m), f32)
pairs = [(g.random((n, m), dtype=f32), g.random((n, m), dtype=f32) * f32(.05)) for _ in range(2)]
def one(G, S):
  g.standard_normal(out=z, dtype=f32); np.multiply(z, S, out=z); np.add(z, G, out=z); return x @ z
`;
const torchDevices = `
n, m = ${rows}, ${cols}; x = torch.rand(n); z = torch.empty(n, m)
pairs = [(torch.rand(n, m), torch.rand(n, m) * .05) for _ in range(2)]
def one(G, S):
  z.normal_().mul_(S).add_(G); return x @ z
`;
const merged = "p, q = pairs; G, S = p[0] - q[0], (p[1] ** 2 + q[1] ** 2) ** .5";
const both = "rate(lambda: one(*pairs[0]) - one(*pairs[1]), 1)";

const request = { seed: 1, stream: streams.deviceReads, first: 0, inputs: random(rows, 1), count: 8 };
const workers = 2;
const perWorker = 200;

/** Wall time of `workers` threads: each is asked for whole read-outs of many samples. */
async function onWorkers(pairs: DeviceArray, { numpy }: Rivals): Promise<Row> {
  await using many = pool(deviceReads(pairs), workers);
  const requests = Array.from({ length: 2 * workers }, (_, part) => ({
    ...request,
    first: part * perWorker,
    count: perWorker,
  }));
  return await contest({
    ...{ name: "device-reads-workers", unit: "read-outs/s" },
    ours: await wallProbe(() => many.run(requests), requests.length * perWorker),
    rival: ["numpy float32 in place, both devices, one thread", numpy(numpyDevices + both)],
    note: `${workers} workers on ${availableParallelism()} cores, wall time`,
  });
}

export const deviceReading: Bench = {
  name: "device-reads",
  does: `read-outs of ${rows}×${cols} with every device drawn`,
  run: async (rivals) => {
    const { numpy, torch } = rivals;
    const array = randomArray();
    const pairs = mergedPairs(array, randomArray());
    const [read, readPairs] = [inPlace(deviceReads(array)), inPlace(deviceReads(pairs))];
    const devices = (request.count * rows * cols) / 1e6;
    const single = await cpuProbe(() => read(request), devices);
    const pair = await cpuProbe(() => readPairs(request), request.count);
    const perDevice = "rate(lambda: one(*pairs[0]), n * m / 1e6)";
    const one = { name: "device-reads", unit: "Mdevices/s", ours: single };
    const two = { name: "device-reads-pairs", unit: "read-outs/s", ours: pair };
    const same = `${numpyDevices}${merged}\nrate(lambda: one(G, S), 1)`;
    return [
      await contest({ ...one, rival: ["numpy float32 in place", numpy(numpyDevices + perDevice)] }),
      await contest({ ...one, rival: ["torch in place", torch(torchDevices + perDevice)] }),
      await contest({ ...two, rival: ["numpy float32 in place, both devices", numpy(numpyDevices + both)] }),
      await contest({ ...two, rival: ["numpy, same merge", numpy(same)] }),
      await contest({ ...two, rival: ["torch in place, both devices", torch(torchDevices + both)] }),
      await onWorkers(pairs, rivals),
    ];
  },
};
