import { bytes, type Field, f32, i16, list, text, u8, u16, u32, u64 } from "./fields.ts";

/**
 * What may happen to a request that is sent twice because an answer was lost.
 * - `query`: it may be carried out again; it changes nothing.
 * - `change`: it is carried out at most once; the board keeps the answer and repeats it for a duplicate.
 * - `stream`: it is answered by numbered chunks and an end record; missing chunks are asked for again by number.
 * - `event`: the board says it unasked; it may be lost.
 */
export type Repeatability = "query" | "change" | "stream" | "event";
type Fields = Readonly<
  Record<string, Field<never> | Field<number> | Field<string> | Field<Uint8Array> | Field<ArrayLike<number>>>
>;
export type Values<F extends Fields> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never };

export interface MessagePair {
  /** Id of the request; its reply has the same id with the top bit set. */
  readonly id: number;
  readonly repeat: Repeatability;
  readonly does: string;
  readonly request: Fields;
  readonly reply: Fields;
}

const area = { tile: u16, row: u16, col: u16, rows: u16, cols: u16 } as const;
const driven = {
  range: u8,
  vectors: u16,
  repeats: u16,
  firstSample: u32,
  zeros: u8,
  inputs: bytes,
  chunks: list(u16),
} as const;
const streamed = { chunks: u16, crc: u32, saturated: u32, ticks: u64 } as const;

/** The wire, as data. The codec, PROTOCOL.md, the text mode and the C header follow from this table. */
export const messages = {
  hello: {
    id: 0x01,
    repeat: "query",
    does: "says who the board is and what it can do; first request of every session",
    request: { major: u8, minor: u8, tableHash: u32 },
    reply: {
      major: u8,
      minor: u8,
      tableHash: u32,
      bootId: u32,
      uid: text(32),
      firmware: text(32),
      source: u8,
      profile: text(32),
      capabilities: u32,
      tiles: u16,
      rows: u16,
      cols: u16,
      dacMin: i16,
      dacMax: i16,
      dacLsb: f32,
      adcBits: u8,
      adcRanges: list(f32),
      conductanceLsb: f32,
      conductanceMin: i16,
      conductanceMax: i16,
      readVoltageMax: f32,
      pulseVoltageMax: f32,
      pulseWidthMax: f32,
      maxFrame: u16,
      window: u8,
      tickHz: u32,
      watchdogMs: u32,
    },
  },
  ping: {
    id: 0x02,
    repeat: "query",
    does: "answers at once, with the board's time",
    request: { token: u32 },
    reply: { token: u32, ticks: u64 },
  },
  sense: {
    id: 0x03,
    repeat: "query",
    does: "reads the board's own condition",
    request: {},
    reply: { temperature: f32, supply: f32, ticks: u64, pulses: u64, readOuts: u64, idle: u8 },
  },
  idle: {
    id: 0x04,
    repeat: "query",
    does: "brings all lines to the safe state; works in every state",
    request: {},
    reply: { ticks: u64 },
  },
  abort: {
    id: 0x05,
    repeat: "query",
    does: "ends a running program or read-out after the cell or sample in hand",
    request: {},
    reply: {},
  },
  nextError: {
    id: 0x06,
    repeat: "change",
    does: "takes the oldest error from the board's queue",
    request: {},
    reply: { code: u8, facts: text(96), left: u8 },
  },
  linkFigures: {
    id: 0x07,
    repeat: "query",
    does: "counts of the board's side of the link since it started",
    request: {},
    reply: {
      framesIn: u32,
      framesOut: u32,
      bytesIn: u64,
      bytesOut: u64,
      crcErrors: u32,
      discarded: u32,
      duplicates: u32,
    },
  },
  textMode: {
    id: 0x08,
    repeat: "query",
    does: "goes back to text mode after this reply",
    request: {},
    reply: {},
  },

  program: {
    id: 0x10,
    repeat: "change",
    does: "pulses each cell of an area until it reads within the tolerance of its target; targets row by row",
    request: { ...area, tolerance: i16, maxPulses: u16, targets: list(i16) },
    reply: { outcomes: bytes, pulses: list(u16), conductances: list(i16) },
  },
  pulse: {
    id: 0x11,
    repeat: "change",
    does: "gives one cell one pulse; polarity 0 raises (set), 1 lowers (reset) its conductance",
    request: { tile: u16, row: u16, col: u16, polarity: u8, amplitude: f32, width: f32 },
    reply: { pulses: u64 },
  },
  readCells: {
    id: 0x12,
    repeat: "query",
    does: "reads each cell of an area alone, `repeats` times: all cells, then all again",
    request: { ...area, repeats: u16 },
    reply: { conductances: list(i16) },
  },
  readOut: {
    id: 0x13,
    repeat: "stream",
    does: "drives `vectors` input vectors on the rows of an area, each `repeats` times, and converts its columns; `inputs` holds packed DAC codes, `chunks` the chunk numbers wanted (none: all)",
    request: { ...area, ...driven },
    reply: streamed,
  },
  readMoments: {
    id: 0x14,
    repeat: "stream",
    does: "reads out as `readOut` does, and keeps of each vector only the sums over its repeats of each column's codes and of their squares",
    request: { ...area, ...driven },
    reply: streamed,
  },
  storePlan: {
    id: 0x15,
    repeat: "change",
    does: "keeps a piece of a network plan, from byte `at` of `size`; byte 0 begins a new plan",
    request: { size: u32, at: u32, piece: bytes },
    reply: { stored: u32 },
  },
  plan: {
    id: 0x16,
    repeat: "query",
    does: "says which plan is stored: its bytes, their CRC-32C, and the room that there is for one",
    request: {},
    reply: { size: u32, crc: u32, room: u32 },
  },
  forward: {
    id: 0x17,
    repeat: "stream",
    does: "takes `items` input vectors through the stored plan with CRC `plan`, each `samples` times; `inputs` holds sparse DAC codes",
    request: {
      plan: u32,
      items: u16,
      samples: u16,
      firstItem: u32,
      seed: u32,
      inputs: bytes,
      chunks: list(u16),
    },
    reply: { ...streamed, clipped: u32, short: u32 },
  },

  chunk: {
    id: 0x40,
    repeat: "event",
    does: "items of a stream, in order: samples of a `readOut` or a `forward`, vectors of a `readMoments`",
    request: {},
    reply: { chunk: u16, ticks: u64, items: bytes },
  },
  progress: {
    id: 0x41,
    repeat: "event",
    does: "how far a `program` has come",
    request: {},
    reply: { done: u32, total: u32, pulses: u64 },
  },
  log: { id: 0x42, repeat: "event", does: "a line for people", request: {}, reply: { line: text(200) } },
  refused: {
    id: 0x7f,
    repeat: "event",
    does: "answers a request that was not carried out",
    request: {},
    reply: { code: u8, facts: text(96) },
  },
} as const satisfies Record<string, MessagePair>;

export type MessageName = keyof typeof messages;
export type Request<N extends MessageName> = Values<(typeof messages)[N]["request"]>;
/** Requests that are answered by numbered chunks. */
export type StreamName = {
  [N in MessageName]: (typeof messages)[N]["repeat"] extends "stream" ? N : never;
}[MessageName];
export type Reply<N extends MessageName> = Values<(typeof messages)[N]["reply"]>;

/** Protocol version: `major` changes when an old side would misread a new one, `minor` when it would merely know less. */
export const protocolVersion = { major: 1, minor: 0 } as const;
export const sources = ["simulated", "emulated", "real"] as const;
export const capabilities = ["program", "pulse", "readCells", "readOut", "readMoments", "forward"] as const;
/** Outcome of one cell in the reply to `program`, by its number. */
export const cellOutcomes = ["settled", "notSettled", "stuck", "aborted"] as const;
/** Requests that a board answers at once, between two cells or samples; all others wait their turn in its queue. */
export const urgent = [
  "hello",
  "ping",
  "sense",
  "idle",
  "abort",
  "linkFigures",
  "textMode",
] as const satisfies MessageName[];
/** Why a board refuses a request or queues an error. The place in the table is the code on the wire: append only. */
export const refusalMeanings = {
  none: "no error: what `nextError` says of an empty queue",
  unknownMessage: "no such request, or not on this board",
  malformed: "the payload or line does not hold what the request wants",
  outOfArray: "the area, cell or range is not on this board",
  overLimit: "a voltage, width, target, code or size is above the limits in the hello",
  busy: "more requests than the window",
  aborted: "ended by `abort`, `idle`, `text` or the watchdog",
  hardware: "a converter, supply or array answered wrongly; the facts say which",
  overflow: "a line or frame was longer than `maxFrame`, or the receive buffer ran over",
  noSession:
    "a change with a number came before any hello: the board has restarted, or `text` ended the session",
  noPlan: "the plan that a `forward` names is not the one that the board holds: store it first",
} as const;
export const refusals = Object.keys(refusalMeanings) as readonly (keyof typeof refusalMeanings)[];
