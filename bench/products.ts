import { limits, newKernels, scratch } from "#calibration";
import { cpuProbe } from "./measure.ts";
import { type Bench, contest } from "./row.ts";

const [m, k, n] = [100, 256, 256] as const;
const macs = (m * k * n) / 1e9;

const numpyProduct = `a, b, out = g.random((${m}, ${k}), dtype=f32), g.random((${k}, ${n}), dtype=f32), np.empty((${m}, ${n}), f32)
rate(lambda: np.matmul(a, b, out=out), ${macs})`;

export const products: Bench = {
  name: "products",
  does: `matrix products ${m}×${k} by ${k}×${n}, float32 and 16-bit codes`,
  run: async ({ numpy }) => {
    const kernels = newKernels();
    const [left, right, out] = [scratch, scratch + 4 * m * k, scratch + 4 * m * k + 4 * k * n];
    kernels.reserve(out + 4 * m * n).f32.fill(1, scratch / 4);
    const floats = await cpuProbe(() => kernels.gemm(left, right, out, m, k, n), macs);
    const codes = await cpuProbe(() => kernels.gemm16(left, right, out, m, k, n), macs);
    const { multiplyAdd, dot, perStep } = limits();
    // A MAC is a product and a sum: a four-wide operation is two of them. A dot product is eight.
    const floatLimit = await cpuProbe(() => multiplyAdd(50_000), (50_000 * perStep * 2) / 1e9);
    const codeLimit = await cpuProbe(() => dot(50_000), (50_000 * perStep * 8) / 1e9);
    const theirs = "numpy float32 BLAS, one thread";
    return [
      await contest({
        ...{ name: "gemm-float32", unit: "GMAC/s", ours: floats, rival: [theirs, numpy(numpyProduct)] },
        limit: ["128-bit product and sum", floatLimit],
      }),
      await contest({
        ...{ name: "gemm-int16", unit: "GMAC/s", ours: codes, rival: [theirs, numpy(numpyProduct)] },
        limit: ["128-bit dot product", codeLimit],
      }),
    ];
  },
};
