export * from "./bench/index.ts";
export { type LineFigures, type LineReader, lineReader } from "./line-guard.ts";
export { pipe } from "./pipe.ts";
export { listPorts, type PortSeen } from "./ports.ts";
export { openPty, type Pty } from "./pty.ts";
export {
  type Outcome,
  type Recorder,
  type RecorderOptions,
  type RecordingHead,
  recorder,
} from "./recording.ts";
export { recordingMark } from "./recording-file.ts";
export {
  type RecordedBoard,
  type RecordedLink,
  type RecordedMessage,
  type Recording,
  readRecording,
  recordedBoard,
  recordedClock,
} from "./recording-read.ts";
export { type Playback, playback, recordedUrl } from "./replay.ts";
export { serialTransport } from "./serial.ts";
export { hostTime } from "./session/index.ts";
export { type SimulatedCore, simulatedCore } from "./simulator/array.ts";
export type { BoardCore } from "./simulator/core.ts";
export { Endpoint, type EndpointOptions } from "./simulator/endpoint.ts";
export { type FaultKind, faultKinds, faulty, type LinkFault, type LinkFaults } from "./simulator/faults.ts";
export {
  ArrayFaults,
  SimulatorOptions,
  type SimulatorSettings,
  simulatorOptionsOf,
} from "./simulator/options.ts";
export { Refusal } from "./simulator/refusal.ts";
export { type ServedBoard, servePty, serveTcp } from "./simulator/serve.ts";
export {
  pipedBoard,
  type SimulatedBoardOptions,
  simulatedBoard,
  simulatorEndpoint,
} from "./simulator/simulated-board.ts";
export { socketTransport, tcpTransport } from "./tcp.ts";
export type { Transport } from "./transport.ts";
export { type WireBoardOptions, wireBoard } from "./wire-board.ts";
