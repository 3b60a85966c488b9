import { fillNormals, streams } from "#calibration";
import { type Bench, noNumpy, numpyRate, rateOf, row } from "./measure.ts";

const count = 4_000_000;

export const gaussians: Bench = {
  name: "gaussians",
  does: "standard normals, float32, from an addressed stream",
  run: async () => {
    const out = new Float32Array(count);
    const rate = await rateOf(() => fillNormals(out, 1, streams.topUp, 0, 0), count / 1e6);
    const rivalValue = numpyRate(
      `g = np.random.Generator(np.random.SFC64(1)); print(rate(lambda: g.standard_normal(${count}, dtype=np.float32), ${count} / 1e6))`,
    );
    return row({
      ...{ name: "gaussians", unit: "M/s", rate, rival: ["numpy float32 SFC64", rivalValue] },
      ...(rivalValue === null ? { reason: noNumpy } : {}),
    });
  },
};
