import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { virtualClock } from "../../calibration/clock.ts";
import { pipe } from "../../drivers/pipe.ts";
import { openPty } from "../../drivers/pty.ts";
import { serialTransport } from "../../drivers/serial.ts";
import { addressOf, socketTransport, tcpTransport } from "../../drivers/tcp.ts";
import { type Ends, receive, transportContract, turns } from "./transport-contract.ts";

async function tcpEnds(): Promise<Ends> {
  const server = createServer({ pauseOnConnect: true }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const [near, [socket]] = (await Promise.all([tcpTransport(url), once(server, "connection")])) as [
    Ends["near"],
    [Socket],
  ];
  server.close();
  return { near, far: socketTransport(url, socket) };
}

async function serialEnds(): Promise<Ends> {
  const pty = await openPty();
  return { near: await serialTransport(`serial:${pty.path}?baud=921600`), far: pty.transport };
}

transportContract({
  name: "pipe",
  open: async () => {
    const [near, far] = pipe();
    return { near, far };
  },
  flood: 2 ** 20,
});
// Loopback sockets hold up to tcp_wmem + tcp_rmem, 10 MiB by default.
transportContract({ name: "TCP connection", open: tcpEnds, flood: 2 ** 25 });
transportContract({ name: "serial port on a pty", open: serialEnds, flood: 2 ** 20 });

describe("a pipe", () => {
  it("hands over the very bytes that were written, not a copy", async () => {
    const [near, far] = pipe();
    const chunks: Uint8Array[] = [];
    far.onData((chunk) => chunks.push(chunk));
    const bytes = Uint8Array.of(1, 2, 3);
    await near.write(bytes);
    expect(chunks[0]).toBe(bytes);
  });

  it("lets timers fire during an endless exchange, and does not grow the stack", async () => {
    const [near, far] = pipe();
    let rounds = 0;
    near.onData((chunk) => void near.write(chunk).catch(() => "closed"));
    far.onData((chunk) => {
      rounds += 1;
      void far.write(chunk).catch(() => "closed");
    });
    await near.write(Uint8Array.of(1));
    await turns(500);
    await near.close();
    expect(rounds).toBeGreaterThan(5000);
  });
});

describe("tcpTransport", () => {
  it("names the board that is not there", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    await expect(tcpTransport(`tcp://127.0.0.1:${port}`)).rejects.toMatchObject({
      code: "BOARD_ABSENT",
      message: `there is no board at tcp://127.0.0.1:${port}: nothing listens there`,
    });
  });

  it("gives up when the clock says so", async () => {
    // 192.0.2.0/24 is kept for documentation (RFC 5737): nobody answers, and a virtual clock does not wait for it.
    const late = tcpTransport("tcp://192.0.2.1:9", { clock: virtualClock() });
    await expect(late).rejects.toMatchObject({
      code: "BOARD_ABSENT",
      facts: { why: "no answer within 5 s" },
    });
  });

  it("stops connecting with the signal's reason", async () => {
    const reason = new Error("the user pressed Ctrl-C");
    const stop = new AbortController();
    const connecting = tcpTransport("tcp://192.0.2.1:9", { signal: stop.signal });
    stop.abort(reason);
    await expect(connecting).rejects.toBe(reason);
    await expect(tcpTransport("tcp://192.0.2.1:9", { signal: stop.signal })).rejects.toBe(reason);
  });

  it.each(["tcp://localhost", "tcp:7070", "http://localhost:7070", "nonsense"])("refuses %s", async (url) => {
    await expect(tcpTransport(url)).rejects.toMatchObject({ code: "URL_INVALID" });
  });

  it("reads names, IPv4 and IPv6 addresses", () => {
    expect(addressOf("tcp://lab-7.local:7070")).toEqual({ host: "lab-7.local", port: 7070 });
    expect(addressOf(new URL("tcp://[::1]:7070"))).toEqual({ host: "::1", port: 7070 });
  });

  it("carries a board's last words before it says that the board is gone", async () => {
    const { near, far } = await tcpEnds();
    await far.write(Uint8Array.of(9, 9));
    await far.close();
    const ended = new Promise((resolve) => near.onClose(resolve));
    expect([...(await receive(near, 2))]).toEqual([9, 9]);
    expect(await ended).toMatchObject({ code: "LINK_LOST" });
    await near.close();
  });
});
