import { fillNormals, limits, streams } from "#calibration";
import { type Bench, cpuRateOf, row } from "./measure.ts";

const count = 65_536;
/** Vector operations that 8 normals cannot do without: two steps of sfc32, ln, root, sine, cosine (docs/bench.md). */
const operationsForEight = 66;

export const gaussians: Bench = {
  name: "gaussians",
  does: "standard normals, float32, one thread",
  run: async (rivals) => {
    const out = new Float32Array(count);
    const rate = await cpuRateOf(() => fillNormals(out, 1, streams.topUp, 0, 0), count / 1e6);
    const { multiplyAdd } = limits();
    const operations = await cpuRateOf(() => multiplyAdd(50_000), (50_000 * 12) / 1e6);
    const limit = [
      `${operationsForEight} 128-bit operations for 8`,
      (operations.value * 8) / operationsForEight,
    ] as const;
    const ours = { name: "gaussians", unit: "M/s", rate, limit };
    return [
      row({
        ...ours,
        rival: [
          "numpy float32 SFC64, in place",
          rivals.numpy(
            `z = np.empty(${count}, f32); rate(lambda: g.standard_normal(out=z, dtype=f32), ${count} / 1e6)`,
          ),
        ],
      }),
      row({
        ...ours,
        rival: [
          "torch normal_",
          rivals.torch(`z = torch.empty(${count}); rate(lambda: z.normal_(), ${count} / 1e6)`),
        ],
      }),
    ];
  },
};
