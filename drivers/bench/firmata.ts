import { EventEmitter } from "node:events";
import type { Firmata } from "firmata-io";
import type { Clock } from "#calibration";
import { MhoError, seconds } from "#protocol";
import { linkLost } from "../closing.ts";
import type { Transport } from "../transport.ts";
import { loaded } from "./packages.ts";

/** Our own sysex message: the watchdog of mini-Firmata (firmware-protocol/firmware/mini-firmata). */
const watch = 0x0c;
/** Name of the firmware that has it. */
const watched = "mini-firmata";
/** An Arduino whose port is opened restarts, and stays in its boot loader for a second or two. */
const patience = seconds(10);

/** What mini-Firmata says of its watchdog and of its line. */
export interface WatchReport {
  readonly watching: boolean;
  readonly tripped: boolean;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly messagesIn: number;
  readonly messagesOut: number;
}

/** An Arduino with Firmata, whose pins are known. */
export interface Arduino {
  readonly io: Firmata;
  readonly url: string;
  /** Name of its firmware, such as `StandardFirmata.ino`. */
  readonly firmware: string;
  /** Whether it makes itself safe when its host is silent. */
  readonly hasWatchdog: boolean;
  /** Bytes and writes of this side. */
  readonly figures: { bytesIn: number; bytesOut: number; messagesIn: number; messagesOut: number };
  /** Sets the watchdog's time in milliseconds and lets outputs be driven again; 0 ends it. Without a time, only asks. */
  watch(milliseconds?: number): void;
  /** Told of every answer to it. */
  onWatch(listener: (report: WatchReport) => void): void;
  /** Told when the board has restarted behind our back. */
  onRestart(listener: () => void): void;
  onLost(listener: (reason: Error) => void): void;
  /** Resolves once everything that was said has been handed on. */
  flushed(): Promise<void>;
  close(): Promise<void>;
}

/** The byte seam as firmata-io wants it. */
class FirmataLine extends EventEmitter {
  readonly figures = { bytesIn: 0, bytesOut: 0, messagesIn: 0, messagesOut: 0 };
  readonly #transport: Transport;
  #last: Promise<void> = Promise.resolve();

  constructor(transport: Transport) {
    super();
    this.#transport = transport;
    transport.onData((bytes) => {
      this.figures.bytesIn += bytes.length;
      this.emit("data", bytes);
    });
  }

  write(bytes: Uint8Array, written?: () => void): void {
    this.figures.bytesOut += bytes.length;
    this.figures.messagesOut++;
    this.#last = this.#transport.write(bytes).catch((error: Error) => void this.emit("lost", error));
    void this.#last.then(written);
  }

  flushed(): Promise<void> {
    return this.#last;
  }
}

/**
 * Talks to the Firmata at the other end of a transport until it has said which pins it has. Rejects with BOARD_SILENT,
 * LINK_LOST, or PACKAGE_MISSING where firmata-io is not installed.
 */
export async function arduino(transport: Transport, clock: Clock): Promise<Arduino> {
  const {
    default: { Firmata },
  } = await loaded("firmata-io", () => import("firmata-io"));
  const line = new FirmataLine(transport);
  const io = await greeted(Firmata, line, transport, clock);
  listenForWatch(io);
  return { ...link(io, line, transport), io };
}

/** firmata-io keeps one table of answers for all boards, and calls an entry with the board that it came to. */
function listenForWatch(io: Firmata): void {
  io.clearSysexResponse(watch);
  io.sysexResponse(watch, function (bytes) {
    this.emit("watch", reported(bytes));
  });
}

/** Waits for the board's pins, then for one more answer: a start that is told of after that is another one. */
function greeted(
  Make: typeof Firmata,
  line: FirmataLine,
  transport: Transport,
  clock: Clock,
): Promise<Firmata> {
  const { url } = transport;
  const stop = new AbortController();
  return new Promise<Firmata>((resolve, reject) => {
    transport.onClose((reason) => reject(reason ?? linkLost(url, "greeting the board")));
    // A board that restarts speaks by itself; one that does not is asked at once.
    const io = new Make(line, { reportVersionTimeout: 1 }, () => io.queryFirmware(() => resolve(io)));
    const silent = (): void =>
      reject(new MhoError("BOARD_SILENT", { url, what: "Firmata's version", seconds: patience }));
    clock.sleep(patience, stop.signal).then(silent, () => {});
  }).finally(() => stop.abort());
}

function link(io: Firmata, line: FirmataLine, transport: Transport): Omit<Arduino, "io"> {
  const firmware = io.firmware.name ?? "";
  const hasWatchdog = firmware === watched;
  for (const event of ["analog-read", "digital-read", "watch"]) io.on(event, () => line.figures.messagesIn++);
  return {
    url: transport.url,
    firmware,
    hasWatchdog,
    figures: line.figures,
    watch: (milliseconds) => {
      const time = milliseconds === undefined ? [] : [milliseconds & 0x7f, (milliseconds >> 7) & 0x7f];
      if (hasWatchdog) io.sysexCommand([watch, ...time]);
    },
    onWatch: (listener) => void io.on("watch", listener),
    onRestart: (listener) => void io.on("queryfirmware", listener),
    onLost: (listener) => {
      line.on("lost", listener);
      transport.onClose((reason) => reason && listener(reason));
    },
    flushed: () => line.flushed(),
    close: () => transport.close(),
  };
}

/** Flags, then four numbers of 35 bits, low bits first. */
function reported(bytes: readonly number[]): WatchReport {
  const number = (at: number): number =>
    bytes.slice(1 + 5 * at, 6 + 5 * at).reduceRight((sum, bits) => sum * 128 + bits, 0);
  const flags = bytes[0] ?? 0;
  return {
    ...{ watching: (flags & 1) !== 0, tripped: (flags & 2) !== 0 },
    ...{ bytesIn: number(0), bytesOut: number(1), messagesIn: number(2), messagesOut: number(3) },
  };
}
