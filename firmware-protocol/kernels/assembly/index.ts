export { stuff, unstuff } from "./cobs";
export { pack, unpack } from "./codes";
export { crc, prepare } from "./crc";

/** First byte that holds no table. */
export function heap(): usize {
  return __heap_base;
}
