import type { Clock } from "#calibration";
import { MhoError, seconds } from "#protocol";
import type { Arduino, WatchReport } from "../firmata.ts";

/** Longest wait for one answer of the board. */
const patience = seconds(2);

/** Questions to an Arduino, each with its answer. One at a time: Firmata does not say which question an answer is to. */
export class Answers {
  readonly #board: Arduino;
  readonly #clock: Clock;
  #fail: (reason: Error) => void = () => {};

  constructor(board: Arduino, clock: Clock) {
    this.#board = board;
    this.#clock = clock;
    board.onLost((reason) => this.#fail(reason));
  }

  /** Code of an analog pin, measured now. */
  async analog(channel: number): Promise<number> {
    const { io } = this.#board;
    const code = await this.#next<number>(`analog-read-${channel}`, () => io.reportAnalogPin(channel, 1));
    io.reportAnalogPin(channel, 0);
    return code;
  }

  /** Bytes of a register of an I2C part. Rejects with BOARD_REFUSED where nobody is at the address. */
  async register(address: number, register: number, count: number): Promise<number[]> {
    const { io } = this.#board;
    const bytes = await this.#next<number[]>(`I2C-reply-${address}-${register}`, () =>
      io.i2cReadOnce(address, register, count, () => {}),
    );
    if (bytes.length === count) return bytes;
    const request = `a read of I2C address 0x${address.toString(16)}`;
    throw new MhoError("BOARD_REFUSED", { request, why: "no part answers there" });
  }

  /** What mini-Firmata says of its watchdog, after it was set where a time is given. */
  watch(milliseconds?: number): Promise<WatchReport> {
    return this.#next("watch", () => this.#board.watch(milliseconds));
  }

  #next<T>(event: string, ask: () => void): Promise<T> {
    const { io, url } = this.#board;
    const stop = new AbortController();
    return new Promise<T>((resolve, reject) => {
      const heard = (answer: T): void => {
        stop.abort();
        resolve(answer);
      };
      this.#fail = (reason) => {
        stop.abort();
        reject(reason);
      };
      io.once(event, heard);
      ask();
      const silent = (): void => {
        io.removeListener(event, heard);
        reject(new MhoError("BOARD_SILENT", { url, what: event, seconds: patience }));
      };
      this.#clock.sleep(patience, stop.signal).then(silent, () => {});
    });
  }
}
