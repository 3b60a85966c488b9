import { inPlace, limits, numbers, streams } from "#calibration";
import { cpuProbe } from "./measure.ts";
import { type Bench, contest } from "./row.ts";

const count = 65_536;
/** Vector operations that 8 normals cannot do without: two steps of sfc32, ln, root, sine, cosine (docs/bench.md). */
const operationsForEight = 66;

export const gaussians: Bench = {
  name: "gaussians",
  does: "standard normals, float32, one thread",
  run: async ({ numpy, torch }) => {
    const fill = inPlace(numbers("normals"));
    const request = { seed: 1, stream: streams.topUp, a: 0, b: 0, count };
    const ours = await cpuProbe(() => fill(request), count / 1e6);
    const { multiplyAdd, perStep } = limits();
    const limit = await cpuProbe(
      () => multiplyAdd(50_000),
      (50_000 * perStep * 8) / operationsForEight / 1e6,
    );
    const said = {
      ...{ name: "gaussians", unit: "M/s", ours },
      limit: [`${operationsForEight} 128-bit operations for 8`, limit] as const,
    };
    const numpyFill = `z = np.empty(${count}, f32); rate(lambda: g.standard_normal(out=z, dtype=f32), ${count} / 1e6)`;
    const torchFill = `z = torch.empty(${count}); rate(lambda: z.normal_(), ${count} / 1e6)`;
    return [
      await contest({ ...said, rival: ["numpy float32 SFC64, in place", numpy(numpyFill)] }),
      await contest({ ...said, rival: ["torch normal_", torch(torchFill)] }),
    ];
  },
};
