import { setMaxListeners } from "node:events";
import type { Clock } from "#calibration";
import {
  type BoardClock,
  decodeMessage,
  encodeMessage,
  type Frame,
  type HostLinkFigures,
  idOf,
  kept,
  type MessageName,
  messageOf,
  noRequest,
  type Reply,
  type Request,
  type StreamName,
  seconds,
} from "#protocol";
import type { Transport } from "../transport.ts";
import { Alarm } from "./alarm.ts";
import { type ClockRecord, clockOf, newClockRecord, stamped } from "./clock-regression.ts";
import { failureOf, kindOf, refusedBy } from "./failures.ts";
import { next, wakeAt } from "./next.ts";
import { type Greeting, greet, isHello, limitsOf, type Mode, probing } from "./opening.ts";
import {
  type Action,
  type Event,
  type Failure,
  helloNumber,
  initialState,
  isStream,
  isUrgent,
  oldestOpen,
  type State,
} from "./state.ts";
import { textWire } from "./text-wire.ts";
import { binaryWire, joined, type Wire, wireSize } from "./wires.ts";

export interface SessionOptions {
  readonly clock: Clock;
  readonly mode: Mode;
  /** What the board says to people. */
  readonly onLog?: ((line: string) => void) | undefined;
}
export interface Asking {
  /** Events that belong to the request: progress, chunks. Their payloads hold until it returns. */
  readonly onEvent?: ((frame: Frame) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

type Counts = { -readonly [K in keyof Omit<HostLinkFigures, "roundTrip">]: number };

interface Pending {
  readonly what: MessageName;
  readonly payload: Uint8Array;
  readonly onEvent: ((frame: Frame) => void) | undefined;
  readonly settle: (frame: Frame | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** Opens a session over a transport in any state; see `greet` for what it rejects with. */
export async function openSession(transport: Transport, options: SessionOptions): Promise<Session> {
  const wire = options.mode === "binary" ? binaryWire() : textWire(options.onLog);
  const greeting = await greet(transport, { wire, ...options });
  return new Session(transport, { ...options, wire, greeting });
}

/** The shell around `next`: it acts the actions out. Holds what is pending, the figures, and one alarm. */
export class Session {
  readonly hello: Reply<"hello">;
  readonly #transport: Transport;
  readonly #wire: Wire;
  readonly #options: SessionOptions;
  readonly #pending = new Map<number, Pending>();
  readonly #alarm: Alarm;
  #state: State;
  #tickets = 0;
  #heardAt: number;
  /** Bytes of text that a decoder of frames had to pass over until the board was in binary mode. */
  readonly #banner: number;
  #over: Failure | undefined;
  /** What the transport said of the end of the link. */
  #reason: Error | undefined;
  #hand: Frame | undefined;
  #figures: Omit<Counts, "framesIn" | "crcErrors" | "discarded">;
  #clock: ClockRecord;

  constructor(
    transport: Transport,
    options: SessionOptions & { readonly wire: Wire; readonly greeting: Greeting },
  ) {
    const { hello, ...counts } = options.greeting;
    this.#transport = transport;
    this.#wire = options.wire;
    this.#options = options;
    this.hello = hello;
    this.#figures = { ...counts, duplicates: 0, retransmits: 0, gaps: 0 };
    this.#clock = newClockRecord(hello.bootId, hello.tickHz);
    this.#banner = options.wire.figures.discarded;
    this.#heardAt = options.clock.now();
    this.#state = initialState(limitsOf(hello, options.mode));
    this.#alarm = new Alarm(options.clock, () => this.#step({ saw: "tick", at: options.clock.now() }));
    options.wire.listen((frame) => this.#hear(frame));
    transport.onData((chunk) => {
      this.#figures.bytesIn += chunk.length;
      this.#wire.push(chunk);
    });
    transport.onClose((reason) => this.#end("lost", reason));
  }

  get url(): string {
    return this.#transport.url;
  }

  /** Seconds since the board was last heard. */
  get waited(): number {
    return this.#options.clock.now() - this.#heardAt;
  }

  get figures(): HostLinkFigures {
    const { framesIn, crcErrors, discarded } = this.#wire.figures;
    const garbage = discarded - this.#banner;
    return {
      ...this.#figures,
      framesIn,
      crcErrors,
      discarded: garbage,
      roundTrip: seconds(this.#state.trip.mean),
    };
  }

  /** The board's clock, as far as round trips have shown it. */
  get clock(): BoardClock | undefined {
    return clockOf(this.#clock);
  }

  /** One request, answered once. Rejects with BOARD_REFUSED, BOARD_SILENT, BOARD_REBOOTED, LINK_LOST or CANCELLED. */
  async request<N extends MessageName>(what: N, values: Request<N>, asking: Asking = {}): Promise<Reply<N>> {
    const frame = await this.#ask(what, encodeMessage(what, "request", values), asking);
    return decodeMessage(what, "reply", frame!.payload);
  }

  /** One pass of a stream; nothing where it fell silent before its end record, and what is missing must be asked for. */
  async pass<N extends StreamName>(what: N, values: Request<N>, so: Asking): Promise<Reply<N> | undefined> {
    const frame = await this.#ask(what, encodeMessage(what, "request", values), so);
    return frame && decodeMessage(what, "reply", frame.payload);
  }

  countGaps(samples: number): void {
    this.#figures.gaps += samples;
  }

  /** Ends everything that waits or runs, then brings the board to its safe state. */
  async idle(): Promise<void> {
    const running = [...this.#pending].filter(([, { what }]) => !isUrgent(what));
    const idle = this.request("idle", {});
    for (const [ticket] of running) this.#step({ saw: "cancel", ticket, at: this.#options.clock.now() });
    await idle;
  }

  async close(): Promise<void> {
    this.#end("lost");
    this.#transport.onData(() => {});
    await this.#transport.close();
  }

  #ask(what: MessageName, payload: Uint8Array, { onEvent, signal }: Asking): Promise<Frame | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#over) return reject(this.#failure(this.#over, what));
      if (signal?.aborted) return reject(this.#failure("cancelled", what));
      const ticket = this.#tickets++;
      const cancel = (): void => this.#step({ saw: "cancel", ticket, at: this.#options.clock.now() });
      const done = (): void => {
        signal?.removeEventListener("abort", cancel);
        this.#pending.delete(ticket);
      };
      const settle = (frame: Frame | undefined): void => {
        done();
        resolve(frame);
      };
      const refuse = (error: unknown): void => {
        done();
        reject(error);
      };
      this.#pending.set(ticket, { what, payload, onEvent, settle, reject: refuse });
      // Many requests of one call listen to one signal at once: that is no leak, and no cause for Node's warning.
      if (signal) setMaxListeners(0, signal);
      signal?.addEventListener("abort", cancel, { once: true });
      this.#step({ saw: "ask", ticket, what, size: wireSize(payload.length), at: this.#options.clock.now() });
    });
  }

  #hear(frame: Frame): void {
    const message = messageOf(frame.id);
    if (message?.side !== "reply") return;
    if (message.name === "log") this.#options.onLog?.(decodeMessage("log", "reply", frame.payload).line);
    if (isHello(frame) && decodeMessage("hello", "reply", frame.payload).bootId !== this.hello.bootId) {
      this.#end("rebooted");
      return;
    }
    const asked = this.#state.open.find((open) => open.seq === frame.re);
    if (!asked && frame.re < helloNumber) this.#figures.duplicates++;
    this.#hand = frame;
    this.#heardAt = this.#options.clock.now();
    if (asked?.timed) this.#clock = stamped(this.#clock, asked.sentAt, this.#heardAt, frame);
    this.#step({
      saw: "frame",
      re: frame.re,
      credits: frame.credits,
      size: wireSize(frame.payload.length),
      kind: kindOf(frame),
      at: this.#options.clock.now(),
    });
    this.#hand = undefined;
  }

  #step(event: Event): void {
    const [state, actions] = next(this.#state, event);
    this.#state = state;
    for (const action of actions) this.#act(action);
    this.#alarm.set(wakeAt(this.#state));
  }

  #act(action: Action): void {
    if (action.do === "probe") this.#write(probing(this.#wire, this.#options.mode));
    else if (action.do === "ask") this.#askOwn(action.what);
    else this.#actFor(action);
  }

  /** Its answer only shows that the board lives; its failure is the failure of what it was asked for. */
  #askOwn(what: "ping" | "abort"): void {
    const payload = encodeMessage(what, "request", { token: 0 } as Request<typeof what>);
    this.#ask(what, payload, {}).catch(() => {});
  }

  #actFor(action: Extract<Action, { ticket: number }>): void {
    const pending = this.#pending.get(action.ticket);
    if (!pending) return;
    if (action.do === "send") this.#send(pending, action);
    else if (action.do === "fail") this.#fail(pending, action.why);
    else if (action.do === "tell") this.#tell(pending, action.ticket);
    else this.#settle(pending);
  }

  #send(pending: Pending, { seq, again, fresh }: Extract<Action, { do: "send" }>): void {
    if (again) this.#figures.retransmits++;
    const { what, payload } = pending;
    const re = oldestOpen(this.#state, seq);
    const bytes = this.#wire.encode({
      id: idOf(what, "request"),
      flags: 0,
      seq,
      re,
      credits: noRequest,
      payload,
    });
    this.#write(fresh ? joined(this.#wire.afresh, bytes) : bytes);
  }

  /** The bytes of one frame, and what ends others before it. */
  #write(bytes: Uint8Array): void {
    this.#figures.framesOut++;
    this.#figures.bytesOut += bytes.length;
    this.#transport.write(bytes).catch((reason: Error) => this.#end("lost", reason));
  }

  #tell(pending: Pending, ticket: number): void {
    try {
      pending.onEvent?.(this.#hand!);
    } catch (error) {
      pending.reject(error);
      this.#step({ saw: "cancel", ticket, at: this.#options.clock.now() });
    }
  }

  #settle(pending: Pending): void {
    const frame = this.#hand!;
    if (frame.id === idOf("refused", "reply")) pending.reject(refusedBy(frame, pending.what));
    else pending.settle(kept(frame));
  }

  #fail(pending: Pending, why: Failure): void {
    if (why === "rebooted") this.#over = why;
    if (why === "expired" && isStream(pending.what)) pending.settle(undefined);
    else pending.reject(this.#failure(why, pending.what));
  }

  #failure(why: Failure, what: MessageName): Error {
    return failureOf(why, { what, url: this.#transport.url, waited: this.waited, reason: this.#reason });
  }

  #end(why: "rebooted" | "lost", reason?: Error): void {
    if (this.#over) return;
    this.#over = why;
    this.#reason = reason;
    this.#step({ saw: "over", why, at: this.#options.clock.now() });
    this.#alarm.stop();
  }
}
