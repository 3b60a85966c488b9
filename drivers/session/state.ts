import { type MessageName, messages, urgent } from "#protocol";
import { noRoundTrip, type RoundTrip } from "./round-trip.ts";

/** A request that waits for its turn. */
export interface Asked {
  /** The caller's handle; never on the wire. */
  readonly ticket: number;
  readonly what: MessageName;
  /** Bytes on the wire. */
  readonly size: number;
}

/** A request that was sent and not yet answered. */
export interface Open extends Asked {
  readonly seq: number;
  readonly sentAt: number;
  readonly deadline: number;
  /** How often it was sent again. */
  readonly tries: number;
  /** Whether no frame has shown yet that the board has taken it out of its receive buffer. */
  readonly unseen: boolean;
  /** Whether its answer measures the round trip: sent once, with nothing before it in the board's queue. */
  readonly timed: boolean;
  readonly cancelled: boolean;
  /** An abort was sent for it. */
  readonly aborting: boolean;
}

export interface Limits {
  /** Requests that may wait in the board's queue. */
  readonly window: number;
  /** Requests that the board answers at once and that may be open together. */
  readonly urgent: number;
  /** Bytes of the longest frame, either way. The board has room for one before it has said for how many. */
  readonly frame: number;
  /** The host says something at least so often while a request is open, so that the watchdog sleeps. */
  readonly keepAlive: number;
  /** Time-outs in a row, without a frame from the board, until it counts as silent. */
  readonly tries: number;
}

export interface State {
  readonly limits: Limits;
  readonly waiting: readonly Asked[];
  /** In the order in which they were last sent. */
  readonly open: readonly Open[];
  readonly nextSeq: number;
  /** Requests of the queue that may be open now: fewer than the board's window while it is busy with ones that were given up. */
  readonly window: number;
  readonly credits: number;
  readonly trip: RoundTrip;
  /** Time-outs since the last frame from the board. */
  readonly silent: number;
  readonly lastSent: number;
}

export type Failure = "silent" | "rebooted" | "lost" | "cancelled" | "expired" | "aborted";
export type Event = { readonly at: number } & (
  | ({ readonly saw: "ask" } & Asked)
  | {
      readonly saw: "frame";
      readonly re: number;
      readonly credits: number;
      readonly size: number;
      readonly kind: "event" | "reply" | Refused;
    }
  | { readonly saw: "tick" }
  | { readonly saw: "cancel"; readonly ticket: number }
  | { readonly saw: "over"; readonly why: "rebooted" | "lost" }
);
/** What a refusal means to the session: `aborted` and `noSession` are about the link, the rest about the request. */
export type Refused = "refused" | "aborted" | "noSession" | "busy";

export type Action =
  /** Put the request on the line; `fresh` when the line was idle or doubtful, so that it starts with a delimiter. */
  | {
      readonly do: "send";
      readonly ticket: number;
      readonly seq: number;
      readonly again: boolean;
      readonly fresh: boolean;
    }
  /** The frame at hand answers this request. */
  | { readonly do: "settle"; readonly ticket: number }
  /** The frame at hand is an event of this request. */
  | { readonly do: "tell"; readonly ticket: number }
  | { readonly do: "fail"; readonly ticket: number; readonly why: Failure }
  /** Make a request of the session's own. */
  | { readonly do: "ask"; readonly what: "ping" | "abort" }
  /** Nobody knows what state the board is in: ask for its boot id in both modes. */
  | { readonly do: "probe" };

export type Step = readonly [State, readonly Action[]];

const atOnce: ReadonlySet<MessageName> = new Set(urgent);

export const isUrgent = (what: MessageName): boolean => atOnce.has(what);
export const isChange = (what: MessageName): boolean => messages[what].repeat === "change";
export const isStream = (what: MessageName): boolean => messages[what].repeat === "stream";

export function initialState(limits: Limits): State {
  return {
    limits,
    waiting: [],
    open: [],
    nextSeq: 0,
    window: limits.window,
    credits: limits.frame,
    trip: noRoundTrip,
    silent: 0,
    lastSent: 0,
  };
}

/** Number of the oldest request that is still open, for the header of every frame. */
export const oldestOpen = (state: State, seq: number): number =>
  state.open.reduce((oldest, open) => (older(open.seq, oldest) ? open.seq : oldest), seq);

/** Whether request number `a` was given before `b`; both from the same 32768 in a row. */
export const older = (a: number, b: number): boolean => ((a - b) & 0xffff) > 0x7fff;
/** Number of every hello that opens or probes a session. Other requests never bear it. */
export const helloNumber = 0xfffe;
/** The number after `seq`; `helloNumber` and `noRequest` are left out. */
export const after = (seq: number): number => (seq + 1 >= helloNumber ? 0 : seq + 1);
