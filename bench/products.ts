import { limits, newKernels, scratch } from "#calibration";
import { type Bench, cpuRateOf, row } from "./measure.ts";

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
    const floats = await cpuRateOf(() => kernels.gemm(left, right, out, m, k, n), macs);
    const codes = await cpuRateOf(() => kernels.gemm16(left, right, out, m, k, n), macs);
    const { multiplyAdd, dot } = limits();
    // A MAC is a product and a sum: a four-wide operation is two of them. A dot product is eight.
    const floatLimit = await cpuRateOf(() => multiplyAdd(50_000), (50_000 * 12 * 2) / 1e9);
    const codeLimit = await cpuRateOf(() => dot(50_000), (50_000 * 8 * 8) / 1e9);
    const theirs = ["numpy float32 BLAS, one thread", numpy(numpyProduct)] as const;
    return [
      row({
        ...{ name: "gemm-float32", unit: "GMAC/s", rate: floats, rival: theirs },
        limit: ["128-bit product and sum", floatLimit.value],
      }),
      row({
        ...{ name: "gemm-int16", unit: "GMAC/s", rate: codes, rival: theirs },
        limit: ["128-bit dot product", codeLimit.value],
      }),
    ];
  },
};
