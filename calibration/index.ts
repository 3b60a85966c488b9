/** What we know of a device, and how we learn it: chance, time, device models, board profiles. */
export * from "./clock.ts";
export { gemm, transposed } from "./kernels/gemm.ts";
export { fillLaplaces, fillNormals, philox4x32, type RandomStream, randomStream, streams } from "./random.ts";
