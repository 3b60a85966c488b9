export { gemm, pack, unpad } from "./gemm";
export { laplaces, normals, prepare } from "./normals";
