import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { MhoError } from "#protocol";
import { openPty } from "../pty.ts";
import { busyLine } from "../session/index.ts";
import { socketTransport } from "../tcp.ts";
import type { Endpoint } from "./endpoint.ts";
import type { SimulatorSettings } from "./options.ts";
import { simulatorEndpoint } from "./simulated-board.ts";

/** A board that others can reach. */
export interface ServedBoard extends AsyncDisposable {
  /** What a host gives as `--board`. */
  readonly url: string;
  readonly endpoint: Endpoint;
  close(): Promise<void>;
}

/**
 * Serves one simulated board over TCP, one host at a time; the next host finds the array as the last one left it. A
 * second host is told that the board is busy. Port 0 takes a free one. Rejects with ADDRESS_UNAVAILABLE.
 */
export async function serveTcp(
  settings: SimulatorSettings,
  host: string,
  port: number,
): Promise<ServedBoard> {
  const endpoint = await simulatorEndpoint(settings);
  const sockets = new Set<Socket>();
  let busy = false;
  const server = createServer((socket) => {
    socket.on("error", () => {}); // the transport reports it; a refused host's reset is of no interest
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    if (busy) {
      socket.resume().end(busyLine); // unread bytes would keep it half open
      return;
    }
    busy = true;
    const from = `tcp://${socket.remoteAddress}:${socket.remotePort}`;
    void endpoint.attach(socketTransport(from, socket)).then(() => {
      busy = false;
    });
  });
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (cause) {
    throw new MhoError(
      "ADDRESS_UNAVAILABLE",
      { address: `${host}:${port}`, why: (cause as Error).message },
      { cause },
    );
  }
  const bound = server.address() as { port: number };
  const close = async (): Promise<void> => {
    const closed = new Promise((done) => server.close(done));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return {
    url: `tcp://${host.includes(":") ? `[${host}]` : host}:${bound.port}`,
    endpoint,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Serves one simulated board as a serial device, with a symbolic link to it at `link` where one is wanted. */
export async function servePty(settings: SimulatorSettings, link?: string): Promise<ServedBoard> {
  const endpoint = await simulatorEndpoint(settings);
  const { path, transport } = await openPty(link === undefined ? {} : { link });
  void endpoint.attach(transport);
  const close = (): Promise<void> => transport.close();
  return { url: `serial:${link ?? path}`, endpoint, close, [Symbol.asyncDispose]: close };
}
