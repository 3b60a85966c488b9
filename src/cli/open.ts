import {
  pipe,
  serialTransport,
  simulatorEndpoint,
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

/** Whether a board begins and ends with this program. */
export const inProgram = (url: string): boolean => schemeOf(url) === "sim:";

/** A bare or `pty:` path as the `serial:` URL that opens it: the far end of a pty is a tty like any other. */
const asSerial = (url: string): string => `serial:${url.replace(/^pty:(\/\/)?/, "")}`;

/** What a program may pass along when it opens a board. */
export interface OpenOptions {
  readonly signal?: AbortSignal;
  /** What the board says to people. */
  readonly onLog?: (line: string) => void;
}

/** The simulated board at the far end of an in-process pipe. */
async function simulated(url: string): Promise<Transport> {
  const endpoint = await simulatorEndpoint(simulatorOptionsOf(url));
  const [near, far] = pipe(url);
  void endpoint.attach(far);
  return near;
}

/**
 * The byte path to a board, before anything is said on it.
 * Errors: NO_DRIVER, URL_INVALID, BOARD_ABSENT, BOARD_BUSY.
 */
export async function connect(url: string, { signal }: OpenOptions = {}): Promise<Transport> {
  switch (schemeOf(url)) {
    case "sim:":
      return simulated(url);
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
export async function open(url = "sim:", options: OpenOptions = {}): Promise<CrossbarBoard> {
  const { onLog } = options;
  return wireBoard(await connect(url, options), onLog ? { onLog } : {});
}
