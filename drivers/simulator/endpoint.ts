import { type Clock, realClock } from "#calibration";
import {
  decodeMessage,
  encodeMessage,
  type Frame,
  flagLast,
  helloOf,
  helpText,
  idOf,
  isMhoError,
  type MessageName,
  messageOf,
  messages,
  noRequest,
  type Refused,
  type Request,
  refusals,
} from "#protocol";
import { Alarm, delimiter, isUrgent, joined } from "../session/index.ts";
import type { Transport } from "../transport.ts";
import type { BoardCore } from "./core.ts";
import { EndpointLink } from "./endpoint-link.ts";
import { type Job, WorkQueue } from "./endpoint-queue.ts";
import { carryOut } from "./endpoint-work.ts";
import { ErrorQueue } from "./error-queue.ts";
import { Numbering } from "./numbering.ts";
import { PlanMemory } from "./plan-memory.ts";
import { Refusal } from "./refusal.ts";

export interface EndpointOptions {
  /** Time of the link, for the watchdog and progress; the array's own time is the core's. */
  readonly clock?: Clock;
}

/** The board's side of the wire, over a core. One host at a time; the core outlives hosts and restarts. */
export class Endpoint {
  readonly #core: BoardCore;
  readonly #clock: Clock;
  readonly #link: EndpointLink;
  readonly #numbering = new Numbering();
  readonly #errors = new ErrorQueue();
  readonly #plans = new PlanMemory();
  readonly #watchdog: Alarm;
  readonly #queue = new WorkQueue((job) => this.#work(job));
  readonly #receiveBuffer: number;
  #transport: Transport | undefined;
  #sent = 0;
  #heardAt = 0;

  constructor(core: BoardCore, { clock = realClock() }: EndpointOptions = {}) {
    const { maxFrame, window } = core.descriptor;
    this.#core = core;
    this.#clock = clock;
    this.#receiveBuffer = window * (maxFrame + Math.ceil(maxFrame / 254) + 4);
    this.#link = new EndpointLink(maxFrame, {
      frame: (frame) => this.#hear(frame),
      word: (word) => this.#obey(word),
      refused: (refused) => this.#refuseLine(refused),
    });
    this.#watchdog = new Alarm(clock, () => this.#bark());
  }

  /** A host connects; resolves when it is gone. The board stands in text mode, as after power-up. */
  attach(transport: Transport): Promise<void> {
    this.#transport = transport;
    this.#endSession();
    this.#banner();
    return new Promise((gone) => {
      transport.onClose(() => {
        if (this.#transport === transport) this.#detach();
        gone();
      });
      transport.onData((chunk) => {
        this.#link.receive(chunk);
      });
    });
  }

  /** As if the power had failed for a moment: a new boot id, text mode, only the conductances are as they were. */
  restart(): void {
    this.#endSession();
    this.#core.reboot();
    this.#errors.clear();
    this.#plans.clear();
    this.#link.restart();
    this.#sent = 0;
    this.#banner();
  }

  #detach(): void {
    this.#endSession();
    this.#watchdog.stop();
    this.#transport = undefined;
  }

  /** Nothing of the session before goes on, and nothing of it is answered any more. */
  #endSession(): void {
    this.#queue.clear("the session ended");
    this.#numbering.end();
    this.#link.mode = "text";
    this.#core.idle();
  }

  #banner(): void {
    const { firmware, uid, protocol, bootId } = this.#core.descriptor;
    const boot = bootId.toString(16).padStart(8, "0");
    this.#line(
      `mho board ${uid}, ${firmware}, protocol ${protocol.major}.${protocol.minor}, boot ${boot}; try help`,
    );
  }

  #line(text: string): void {
    void this.#write(Uint8Array.from(`${text}\n`, (letter) => letter.charCodeAt(0)));
  }

  /** The host that is gone does not need its answer; its transport has told us so already. */
  #write(bytes: Uint8Array): Promise<void> {
    this.#link.countSent(bytes.length);
    return this.#transport?.write(bytes).catch(() => {}) ?? Promise.resolve();
  }

  #obey(word: "help" | "text" | "binary"): void {
    this.#heardAt = this.#clock.now();
    if (word === "help") for (const line of helpText()) this.#line(line);
    if (word === "text") this.#endSession();
    this.#line(`ok ${word}`);
    if (word === "text") this.#banner();
    if (word === "binary") this.#link.mode = "binary";
  }

  #hear(frame: Frame): void {
    this.#heardAt = this.#clock.now();
    const message = messageOf(frame.id);
    if (message?.side !== "request" || messages[message.name].repeat === "event")
      this.#refuse(frame.seq, new Refusal("unknownMessage", `id ${frame.id}`));
    else this.#take(frame, message.name);
  }

  #take(frame: Frame, name: MessageName): void {
    const { seq } = frame;
    // Text mode has no field for the oldest open request; there the host has one of the queue open at a time.
    const oldest = frame.re === noRequest && !isUrgent(name) ? seq : frame.re;
    const verdict = this.#numbering.judge(seq, oldest);
    this.#queue.forget((open) => this.#numbering.closed(open));
    const underway = this.#queue.holds(seq);
    if (verdict !== "new" || underway) this.#link.countDuplicate();
    if (verdict === "stale" || underway) return;
    if (verdict !== "new") return void this.#emit(verdict);
    try {
      const values = decodeMessage(name, "request", frame.payload);
      if (!isUrgent(name)) this.#enqueue({ seq, what: name, values, size: frame.payload.length + 16 });
      else if (name === "idle" || name === "abort") this.#stop(seq, name);
      else this.#answer(seq, name, this.#atOnce(name, values));
    } catch (error) {
      this.#refuse(seq, refusalOf(error));
    }
    if (name === "textMode") this.#link.mode = "text";
  }

  /** Requests that are answered whatever else runs. */
  #atOnce(name: MessageName, values: unknown): Uint8Array {
    const core = this.#core;
    switch (name) {
      case "hello":
        this.#numbering.greeted = true;
        return encodeMessage("hello", "reply", helloOf(core.descriptor));
      case "ping":
        return encodeMessage("ping", "reply", {
          token: (values as Request<"ping">).token,
          ticks: core.sense().ticks,
        });
      case "sense":
        return encodeMessage("sense", "reply", core.sense());
      case "linkFigures":
        return encodeMessage("linkFigures", "reply", this.#link.figures);
      default:
        return new Uint8Array(0);
    }
  }

  /** Answers once what it ended has its own answer. */
  #stop(seq: number, what: "idle" | "abort"): void {
    if (what === "idle") this.#core.idle();
    this.#queue.stop(what, what === "idle", () => {
      if (what === "idle") this.#core.idle();
      const ticks = this.#core.sense().ticks;
      this.#answer(
        seq,
        what,
        what === "idle" ? encodeMessage("idle", "reply", { ticks }) : new Uint8Array(0),
      );
    });
  }

  #enqueue(job: Job): void {
    if (messages[job.what].repeat === "change" && job.seq !== noRequest && !this.#numbering.greeted)
      throw new Refusal("noSession", "say hello first");
    if (this.#queue.length >= this.#core.descriptor.window)
      throw new Refusal("busy", `${this.#queue.length} requests wait`);
    this.#queue.add(job);
  }

  async #work(job: Job): Promise<() => void> {
    this.#numbering.release();
    this.#watchdog.set(this.#clock.now() + (this.#core.descriptor.watchdog || Number.POSITIVE_INFINITY));
    const answer = await this.#carriedOut(job);
    return () => {
      if (messages[job.what].repeat === "change") this.#numbering.keep(job.seq, answer);
      void this.#emit(answer);
    };
  }

  async #carriedOut(job: Job): Promise<Frame> {
    try {
      if (job.stopped !== undefined) throw new Refusal("aborted", job.stopped);
      const payload =
        job.what === "nextError"
          ? encodeMessage("nextError", "reply", this.#errors.take())
          : await carryOut(job, {
              core: this.#core,
              clock: this.#clock,
              plans: this.#plans,
              tell: (...event) => this.#tell(...event),
            });
      return this.#frame(job.seq, job.what, payload, flagLast);
    } catch (error) {
      return this.#refusal(job.seq, refusalOf(error));
    }
  }

  async #tell(job: Job, event: MessageName, payload: Uint8Array): Promise<void> {
    if (this.#queue.running === job) await this.#emit(this.#frame(job.seq, event, payload, 0));
  }

  #answer(seq: number, name: MessageName, payload: Uint8Array): void {
    void this.#emit(this.#frame(seq, name, payload, flagLast));
  }

  #refuse(seq: number, why: Refusal): void {
    void this.#emit(this.#refusal(seq, why));
  }

  #refuseLine({ seq = noRequest, values }: Refused): void {
    this.#refuse(seq, new Refusal(refusals[values.code]!, values.facts));
  }

  #refusal(seq: number, { reason, facts }: Refusal): Frame {
    const code = refusals.indexOf(reason);
    const said = facts.replace(/[^\x20-\x7e]/g, "?").slice(0, 96);
    this.#errors.put({ code, facts: said });
    return this.#frame(seq, "refused", encodeMessage("refused", "reply", { code, facts: said }), flagLast);
  }

  #frame(re: number, name: MessageName, payload: Uint8Array, flags: number): Frame {
    return { id: idOf(name, "reply"), flags, seq: 0, re, credits: 0, payload };
  }

  /** Numbers and credits are those of the moment, also for an answer that is repeated. */
  #emit(frame: Frame): Promise<void> {
    const free = this.#receiveBuffer - this.#queue.bytes - this.#link.pending;
    const credits = Math.min(0xfffe, Math.max(0, free));
    this.#sent = (this.#sent + 1) & 0xffff;
    const bytes = this.#link.encode({ ...frame, seq: this.#sent, credits });
    return this.#write(
      this.#link.mode === "binary" && frame.flags & flagLast ? joined(delimiter, bytes) : bytes,
    );
  }

  /** The host said nothing for the watchdog's time: everything stops, and the lines go to the safe state. */
  #bark(): void {
    const { watchdog } = this.#core.descriptor;
    const { running } = this.#queue;
    // A person at a terminal sends no signs of life; what they start by hand ends by itself.
    const alive = running?.seq === noRequest ? this.#clock.now() : this.#heardAt;
    if (running && this.#clock.now() < alive + watchdog) this.#watchdog.set(alive + watchdog);
    else this.#queue.stop("watchdog", true, () => this.#core.idle());
  }
}

/** The core's own errors are the board's, not the host's: it says them, and goes on. */
function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (isMhoError(error, "WIRE_RANGE") || isMhoError(error, "WIRE_BROKEN"))
    return new Refusal("malformed", error.message);
  return new Refusal("hardware", error instanceof Error ? error.message : String(error));
}
