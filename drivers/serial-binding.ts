import type { EventEmitter } from "node:events";
import { readSync, writeSync } from "node:fs";
import type { BindingInterface, BindingPortInterface } from "@serialport/bindings-cpp";
import type { SerialPort } from "serialport";

/**
 * Opens a port on any binding. A new object for each connection, always: a port that is opened a second time sends what
 * was written to it while it was closed.
 */
export async function openPort(
  binding: BindingInterface,
  path: string,
  baudRate: number,
): Promise<SerialPort> {
  const { SerialPort } = await import("serialport");
  const options = { binding, path, baudRate, autoOpen: false };
  const port = new SerialPort(options);
  await new Promise<void>((resolve, reject) => {
    port.open((error) => (error ? reject(error) : resolve()));
  });
  return port;
}

/** Closes a port, whatever state it is in. */
export function closePort(port: SerialPort): Promise<void> {
  return new Promise((resolve) => {
    if (port.isOpen) return port.close(() => resolve());
    if (!port.closing) return resolve();
    port.once("close", () => resolve());
    port.once("error", () => resolve());
  });
}

/** serialport's binding, each of its ports mended by `mended`. */
export function mendedBinding(binding: BindingInterface): BindingInterface {
  return {
    list: () => binding.list(),
    open: async (options) => mended(await binding.open(options)),
  };
}

/**
 * Mends reading and writing of one open port, in place. A port without a poller (Windows) needs nothing. Two faults:
 * once a tty has hung up, read() gives 0 bytes, and serialport reads again for ever, without a `close` and with a core at
 * full load (serialport/bindings-cpp#162); and its poller loses who waits, see Readiness.
 */
export function mended<P extends BindingPortInterface>(port: P): P {
  if (!isPolled(port)) return port;
  const readiness = new Readiness(port.poller);
  return Object.assign(port, {
    read: (buffer: Buffer, offset: number, length: number) =>
      readSome(port, readiness, { buffer, offset, length }),
    write: (buffer: Buffer) => writeAll(port, readiness, buffer),
  });
}

/** What serialport's ports on Linux and macOS hold: a descriptor that never blocks, and a poller that says when to go on. */
interface PolledPort extends BindingPortInterface {
  readonly fd: number | null;
  readonly poller: Poller;
}
interface Poller extends EventEmitter {
  poll(flags: number): void;
}

const isPolled = (port: BindingPortInterface): port is PolledPort => "poller" in port && "fd" in port;

const flags = { readable: 1, writable: 2 } as const;
type Way = keyof typeof flags;

/**
 * Waits on a poller for both ways at once. serialport's poller asks the system only for the way it was told last: while
 * a writer waits, a reader that comes later displaces it, and a link that is full both ways stands still for ever. So it
 * is told of all who wait, each time that changes.
 */
class Readiness {
  readonly #poller: Poller;
  readonly #waiting = new Map<Way, (error: Error | null) => void>();

  constructor(poller: Poller) {
    this.#poller = poller;
    for (const way of ["readable", "writable"] as const)
      poller.on(way, (error: Error | null) => this.#go(way, error));
  }

  on(way: Way): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.set(way, (error) => (error ? reject(error) : resolve()));
      this.#ask();
    });
  }

  #go(way: Way, error: Error | null): void {
    const go = this.#waiting.get(way);
    this.#waiting.delete(way);
    if (!error) this.#ask();
    // The poller calls from outside Node's callback scope: promises alone would wait there (bindings-cpp#239).
    if (go) setImmediate(go, error);
  }

  #ask(): void {
    this.#poller.poll([...this.#waiting.keys()].reduce((sum, way) => sum | flags[way], 0));
  }
}

async function readSome(
  port: PolledPort,
  readiness: Readiness,
  into: { buffer: Buffer; offset: number; length: number },
) {
  for (;;) {
    openFd(port);
    await readiness.on("readable");
    const bytesRead = ifReady(() => readSync(openFd(port), into.buffer, into.offset, into.length, null));
    if (bytesRead === 0) throw new Error("the tty hung up");
    if (bytesRead !== undefined) return { bytesRead, buffer: into.buffer };
  }
}

async function writeAll(port: PolledPort, readiness: Readiness, buffer: Buffer): Promise<void> {
  for (let at = 0; at < buffer.length; ) {
    const written = ifReady(() => writeSync(openFd(port), buffer, at, buffer.length - at, null));
    if (written === undefined) await readiness.on("writable");
    else at += written;
  }
}

function openFd({ fd }: PolledPort): number {
  if (fd === null) throw Object.assign(new Error("the port is closed"), { canceled: true });
  return fd;
}

/** The result of a call on a descriptor that never blocks; undefined where it would have. */
function ifReady(call: () => number): number | undefined {
  try {
    return call();
  } catch (error) {
    if (["EAGAIN", "EWOULDBLOCK", "EINTR"].includes((error as NodeJS.ErrnoException).code ?? ""))
      return undefined;
    throw error;
  }
}
