import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { type Clock, realClock } from "#calibration";
import { MhoError, type Seconds, seconds } from "#protocol";
import { streamTransport } from "./stream-transport.ts";
import type { Transport } from "./transport.ts";

export interface TcpOptions {
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
  /** How long to wait for the connection. */
  readonly timeout?: Seconds;
}

/** Connects to the board at `tcp://host:port`. Rejects with BOARD_ABSENT, or with the signal's reason. */
export async function tcpTransport(url: string | URL, options: TcpOptions = {}): Promise<Transport> {
  const { signal, clock = realClock(), timeout = seconds(5) } = options;
  signal?.throwIfAborted();
  const socket = connect({ ...addressOf(url), noDelay: true });
  const connected = new AbortController();
  const late = new AbortController();
  const until = signal ? AbortSignal.any([signal, late.signal]) : late.signal;
  clock.sleep(timeout, connected.signal).then(
    () => late.abort(new Error(`no answer within ${timeout} s`)),
    () => "connected, or given up before",
  );
  try {
    await once(socket, "connect", { signal: until });
  } catch (error) {
    socket.destroy();
    signal?.throwIfAborted();
    const cause = late.signal.aborted ? late.signal.reason : error;
    throw new MhoError("BOARD_ABSENT", { url: String(url), why: whyNot(cause) }, { cause });
  } finally {
    connected.abort();
  }
  return socketTransport(String(url), socket);
}

/** A connected socket as a transport: the host's end above, the board's end where a server accepted it. */
export function socketTransport(url: string, socket: Socket): Transport {
  socket.setNoDelay(true);
  return streamTransport(url, socket, async () => {
    if (socket.closed) return;
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.destroy();
    await closed;
  });
}

/** Host and port of a `tcp://host:port` URL; URL_INVALID where it is none. */
export function addressOf(url: string | URL): { host: string; port: number } {
  const parsed = URL.canParse(String(url)) ? new URL(url) : undefined;
  if (parsed?.protocol !== "tcp:" || !parsed.hostname || !parsed.port)
    throw new MhoError("URL_INVALID", { url: String(url), why: "it should read tcp://host:port" });
  return { host: parsed.hostname.replace(/^\[(.*)\]$/, "$1"), port: Number(parsed.port) };
}

const whys: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ENOTFOUND: "no host of that name",
  EAI_AGAIN: "the name server does not answer",
  EHOSTUNREACH: "no way leads to that host",
  ENETUNREACH: "no way leads to that network",
};

function whyNot(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return whys[code ?? ""] ?? (message || String(code));
}
