import {
  openFirmata,
  pipe,
  playback,
  recordedUrl,
  serialTransport,
  simulatorEndpoint,
  simulatorOptionsOf,
  type Transport,
  tcpTransport,
  wireBoard,
} from "#drivers";
import { type CrossbarBoard, MhoError, tableHash } from "#protocol";
import { emulatedTransport } from "./emulated.ts";

/** The scheme of a board URL; a bare path is a tty. */
function schemeOf(url: string): string {
  if (url.startsWith("/") || url.startsWith("./")) return "pty:";
  return /^[a-z]+:/.exec(url)?.[0] ?? "";
}

/** Whether a board begins and ends with this program; of a replay, whether the recorded one did. */
export const inProgram = (url: string): boolean => ["sim:", "emulated:"].includes(schemeOf(recordedUrl(url)));

/** Whether a board only says again what was recorded. */
export const isReplay = (url: string): boolean => schemeOf(url) === "replay:";

/** A bare or `pty:` path as the `serial:` URL that opens it: the far end of a pty is a tty like any other. */
const asSerial = (url: string): string => `serial:${url.replace(/^pty:(\/\/)?/, "")}`;

/** What a program may pass along when it opens a board. */
export interface OpenOptions {
  readonly signal?: AbortSignal;
  /** What the board says to people. */
  readonly onLog?: (line: string) => void;
  /** Stands between a command and the boards it connects to: keeps what they say, or answers for them. */
  readonly via?: Via;
}
export type Via = (url: string, connect: () => Promise<Transport>) => Promise<Transport>;

/** The simulated board at the far end of an in-process pipe. */
async function simulated(url: string): Promise<Transport> {
  const endpoint = await simulatorEndpoint(simulatorOptionsOf(url));
  const [near, far] = pipe(url);
  void endpoint.attach(far);
  return near;
}

const hex = (hash: number): string => hash.toString(16).padStart(8, "0");

/** A recording in place of the board that it was made on; says so, as nothing that it answers is measured now. */
async function replayed(url: string, { onLog }: OpenOptions): Promise<Transport> {
  const { recording, connect } = await playback(url.replace(/^replay:(\/\/(?=\/))?/, ""));
  const { path, head } = recording;
  onLog?.(`replay of ${path}, recorded ${head.started}: nothing here is measured now`);
  if (head.tableHash !== tableHash)
    onLog?.(
      `it is of message table ${hex(head.tableHash)}, this mho has ${hex(tableHash)}: messages that have changed since are not understood`,
    );
  return connect();
}

/**
 * The byte path to a board, before anything is said on it.
 * Errors: NO_DRIVER, URL_INVALID, BOARD_ABSENT, BOARD_BUSY, and for a replay FILE_UNREADABLE, FILE_BROKEN.
 */
export async function connect(url: string, options: OpenOptions = {}): Promise<Transport> {
  const direct = (): Promise<Transport> => connectDirectly(url, options);
  return options.via ? options.via(url, direct) : direct();
}

async function connectDirectly(url: string, options: OpenOptions): Promise<Transport> {
  const { signal } = options;
  switch (schemeOf(url)) {
    case "sim:":
      return simulated(url);
    case "tcp:":
      return tcpTransport(url, signal ? { signal } : {});
    case "replay:":
      return replayed(url, options);
    case "emulated:":
      return emulatedTransport(url);
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
 * `pty:/path`, `emulated:atmega2560`, `replay:session.mho`,
 * `firmata:/dev/ttyUSB0?file=crossbar.json`. The one place that knows which driver a URL means. Closing the board idles it.
 * Errors: NO_DRIVER, URL_INVALID, BOARD_ABSENT, BOARD_BUSY, BOARD_SILENT, PROTOCOL_MISMATCH.
 */
export async function open(url = "sim:", options: OpenOptions = {}): Promise<CrossbarBoard> {
  const { onLog, via } = options;
  if (schemeOf(url) === "firmata:") {
    // Firmata is another protocol: a recording keeps our own.
    if (via) throw new MhoError("CAPABILITY_MISSING", { what: "be recorded or replayed: it speaks Firmata" });
    return openFirmata(url);
  }
  return wireBoard(await connect(url, options), onLog ? { onLog } : {});
}
