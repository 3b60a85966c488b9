/** The wire and the board contract: one description, two sides. */
export * from "./board.ts";
export {
  decodeMessage,
  encodeMessage,
  fieldsOf,
  idOf,
  messageOf,
  type Side,
  sameProtocol,
  tableHash,
  tableText,
  type ValuesOf,
} from "./codec.ts";
export {
  codeBits,
  packCodes,
  packedSize,
  packSamples,
  unpackCodes,
  unpackInto,
  unpackSamples,
} from "./codes.ts";
export { crc32c } from "./crc.ts";
export { descriptorOf, helloOf } from "./descriptor.ts";
export * from "./errors.ts";
export { type Field, fieldKinds, type Writer, writer } from "./fields.ts";
export {
  encodeFrame,
  type Frame,
  FrameDecoder,
  flagLast,
  frameLimit,
  frameOverhead,
  kept,
  noRequest,
} from "./frame.ts";
export * from "./messages.ts";
export {
  decodePlan,
  encodePlan,
  type ForwardPlan,
  type PlanBlock,
  type PlanLayer,
  planCrc,
} from "./plan.ts";
export { packSparse, unpackSparse } from "./sparse.ts";
export {
  type CodeSums,
  chunkHead,
  inputBits,
  itemRoom,
  itemSize,
  itemsPerChunk,
  packSums,
  unpackSums,
} from "./streams.ts";
export {
  aliases,
  formatLine,
  helpText,
  type Line,
  parseLine,
  type Refused,
  textCommands,
  typedDefaults,
} from "./text.ts";
export * from "./units.ts";
