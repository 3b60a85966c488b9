import { type MessageName, noRequest } from "#protocol";

/** A request of the queue. */
export interface Job {
  readonly seq: number;
  readonly what: MessageName;
  readonly values: unknown;
  /** Bytes that it takes in the receive buffer. */
  readonly size: number;
  /** Set from outside to end it after the cell or sample in hand, with the facts of its refusal. */
  stopped?: string;
}

/** Requests in the order in which they came, carried out one after another. */
export class WorkQueue {
  running: Job | undefined;
  readonly #carryOut: (job: Job) => Promise<() => void>;
  #waiting: Job[] = [];
  #afterwards: (() => void)[] = [];

  /** `carryOut` resolves to what answers the job; that is not called where the session ended meanwhile. */
  constructor(carryOut: (job: Job) => Promise<() => void>) {
    this.#carryOut = carryOut;
  }

  get length(): number {
    return this.#waiting.length;
  }

  /** Bytes of the receive buffer that waiting requests take. */
  get bytes(): number {
    return this.#waiting.reduce((sum, job) => sum + job.size, 0);
  }

  holds(seq: number): boolean {
    return seq !== noRequest && [this.running, ...this.#waiting].some((job) => job?.seq === seq);
  }

  add(job: Job): void {
    this.#waiting.push(job);
    if (!this.running) void this.#work();
  }

  /** Ends what runs; with `all` also what waits. `then` is called once all that was ended has its answer. */
  stop(why: string, all: boolean, then: () => void): void {
    if (!this.running) {
      then();
      return;
    }
    this.#afterwards.push(then);
    this.running.stopped = why;
    if (all) for (const job of this.#waiting) job.stopped = why;
  }

  /** Lets go of requests that the host has given up. */
  forget(givenUp: (seq: number) => boolean): void {
    this.#waiting = this.#waiting.filter((job) => !givenUp(job.seq));
    if (this.running && givenUp(this.running.seq)) this.running.stopped = "the host gave it up";
  }

  /** Ends everything, and answers nothing. */
  clear(why: string): void {
    if (this.running) this.running.stopped = why;
    this.running = undefined;
    this.#waiting = [];
    this.#afterwards = [];
  }

  async #work(): Promise<void> {
    for (let job = this.#waiting.shift(); job; job = this.#waiting.shift()) {
      this.running = job;
      const answer = await this.#carryOut(job);
      if (this.running !== job) return; // the session ended, and another queue may be at work already
      this.running = undefined;
      answer();
      if (this.#waiting[0]?.stopped === undefined) for (const then of this.#afterwards.splice(0)) then();
    }
  }
}
