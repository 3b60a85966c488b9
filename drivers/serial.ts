import { isMainThread } from "node:worker_threads";
import type { SerialPort } from "serialport";
import { MhoError } from "#protocol";
import { closePort, mendedBinding, openPort } from "./serial-binding.ts";
import { streamTransport } from "./stream-transport.ts";
import type { Transport } from "./transport.ts";

/**
 * Opens the tty at `serial:/dev/ttyACM0?baud=921600` (115200 baud if not said) for this program alone. What the board
 * said before is lost: the system empties the line at open, so the host speaks first. Rejects with BOARD_ABSENT,
 * BOARD_BUSY, BOARD_FORBIDDEN, URL_INVALID or NOT_IN_WORKER.
 */
export async function serialTransport(url: string | URL): Promise<Transport> {
  const text = String(url);
  const { path, baud } = ttyOf(text);
  // serialport's poller runs on the main thread's loop and aborts the whole program elsewhere (node-serialport#2748).
  if (!isMainThread) throw new MhoError("NOT_IN_WORKER", { url: text });
  const { SerialPort } = await import("serialport");
  const port = await openPort(mendedBinding(SerialPort.binding), path, baud).catch((cause: Error) => {
    throw notOpened(text, cause);
  });
  await askLowLatency(port);
  return streamTransport(text, port, () => closePort(port));
}

/** Path and baud rate of a `serial:` URL; URL_INVALID where it is none. */
export function ttyOf(url: string): { path: string; baud: number } {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol !== "serial:" || !parsed.pathname)
    throw invalid(url, "it should read serial:/dev/ttyACM0?baud=921600");
  const unknown = [...parsed.searchParams.keys()].find((name) => name !== "baud");
  if (unknown !== undefined) throw invalid(url, `it takes baud, not ${unknown}`);
  const baud = Number(parsed.searchParams.get("baud") ?? 115_200);
  if (!Number.isSafeInteger(baud) || baud <= 0)
    throw invalid(url, "baud is a whole number of bits per second");
  return { path: decodeURIComponent(parsed.pathname), baud };
}

const invalid = (url: string, why: string): MhoError => new MhoError("URL_INVALID", { url, why });

/**
 * Asks an FTDI chip for short answers at once rather than every 16 ms. A tty without modem lines or a latency timer (a
 * pty, most USB-CDC boards) refuses, and needs no asking.
 */
function askLowLatency(port: SerialPort): Promise<void> {
  const settings: Parameters<SerialPort["set"]>[0] & { lowLatency: boolean } = { lowLatency: true };
  return new Promise((resolve) => port.set(settings, () => resolve()));
}

function notOpened(url: string, cause: Error): MhoError {
  const why = cause.message.replace(/^Error:? /, "");
  if (/cannot lock port|resource busy|access denied/i.test(why))
    return new MhoError("BOARD_BUSY", { url }, { cause });
  if (/permission denied/i.test(why)) return new MhoError("BOARD_FORBIDDEN", { url }, { cause });
  return new MhoError("BOARD_ABSENT", { url, why }, { cause });
}
