import { read as fsRead } from "node:fs";
import { promisify } from "node:util";
import type { BindingInterface, BindingPortInterface } from "@serialport/bindings-cpp";
import type { SerialPort } from "serialport";

const readOnce = promisify(fsRead);

/** What serialport's ports on Linux and macOS hold: a descriptor, and a poller that says when it may be read. */
interface PolledPort extends BindingPortInterface {
  readonly fd: number | null;
  readonly poller: { once(event: "readable", ready: (error: Error | null) => void): unknown };
}

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

/**
 * serialport's binding with one thing mended: once a tty has hung up, read() gives 0 bytes, and the binding then reads
 * again for ever, without a `close` and with a core at full load (serialport/bindings-cpp#162). Here 0 is a disconnect.
 */
export function hangUpSafe(binding: BindingInterface): BindingInterface {
  return {
    list: () => binding.list(),
    open: async (options) => noticingHangUp(await binding.open(options)),
  };
}

/** Mends one open port in place; a port without a poller (Windows) needs nothing. */
export function noticingHangUp<P extends BindingPortInterface>(port: P): P {
  if (!isPolled(port)) return port;
  return Object.assign(port, {
    read: (buffer: Buffer, offset: number, length: number) => readSome(port, { buffer, offset, length }),
  });
}

const isPolled = (port: BindingPortInterface): port is PolledPort => "poller" in port && "fd" in port;

async function readSome(port: PolledPort, into: { buffer: Buffer; offset: number; length: number }) {
  for (;;) {
    if (port.fd === null) throw Object.assign(new Error("the port is closed"), { canceled: true });
    try {
      const { bytesRead } = await readOnce(port.fd, into.buffer, into.offset, into.length, null);
      if (bytesRead === 0) throw new Error("the tty hung up");
      return { bytesRead, buffer: into.buffer };
    } catch (error) {
      if (!isWouldBlock(error)) throw error;
    }
    if (port.fd !== null) await readable(port);
  }
}

const isWouldBlock = (error: unknown): boolean =>
  ["EAGAIN", "EWOULDBLOCK", "EINTR"].includes((error as NodeJS.ErrnoException).code ?? "");

function readable(port: PolledPort): Promise<void> {
  return new Promise((resolve, reject) => {
    port.poller.once("readable", (error) => (error ? reject(error) : resolve()));
  });
}
