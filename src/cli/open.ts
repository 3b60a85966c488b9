import {
  serialTransport,
  simulatedBoard,
  simulatorOptionsOf,
  type Transport,
  tcpTransport,
  wireBoard,
} from "#drivers";
import { type CrossbarBoard, MhoError } from "#protocol";

/** The scheme of a board URL; a bare path is a tty. */
function schemeOf(url: string): string {
  if (url.startsWith("/") || url.startsWith("./")) return "pty:";
  return /^[a-z]+:/.exec(url)?.[0] ?? "";
}

/** A bare or `pty:` path as the `serial:` URL that opens it: the far end of a pty is a tty like any other. */
const asSerial = (url: string): string => `serial:${url.replace(/^pty:(\/\/)?/, "")}`;

/** The byte path to a board that stands outside this program. Errors: NO_DRIVER, URL_INVALID, BOARD_ABSENT, BOARD_BUSY. */
export async function connect(url: string, signal?: AbortSignal): Promise<Transport> {
  switch (schemeOf(url)) {
    case "tcp:":
      return tcpTransport(url, signal ? { signal } : {});
    case "serial:":
      return serialTransport(url);
    case "pty:":
      return serialTransport(asSerial(url));
    default:
      throw new MhoError("NO_DRIVER", { url });
  }
}

/**
 * Opens the board at a URL: `sim:?profile=hfox-tsinghua&seed=7`, `tcp://host:port`, `serial:/dev/ttyACM0?baud=921600`,
 * `pty:/path`. The one place that knows which driver a URL means. Closing the board idles it.
 * Errors: NO_DRIVER, URL_INVALID, BOARD_ABSENT, BOARD_BUSY, BOARD_SILENT, PROTOCOL_MISMATCH.
 */
export async function open(url = "sim:", signal?: AbortSignal): Promise<CrossbarBoard> {
  if (schemeOf(url) === "sim:") return simulatedBoard(simulatorOptionsOf(url));
  return wireBoard(await connect(url, signal));
}
