import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { serveTcp, tcpTransport, wireBoard } from "#drivers";
import { inSiemens, microsiemens, siemens } from "#protocol";

const settings = { seed: 2, tiles: 1, rows: 8, cols: 8 };
const area = { tile: 0, row: 0, col: 0, rows: 2, cols: 2 };

describe("a simulated board that is served over TCP", () => {
  it("keeps its cells while hosts come and go", async () => {
    await using served = await serveTcp(settings, "127.0.0.1", 0);
    const first = await wireBoard(await tcpTransport(served.url));
    const targets = inSiemens(Float64Array.from([1, 2, 3, 4], (x) => microsiemens(x)));
    await first.program({ area, targets, tolerance: siemens(1e-7), maxPulses: 50 });
    const before = await first.readCells(area);
    await first.close();
    const second = await wireBoard(await tcpTransport(served.url), { mode: "text" });
    expect([...(await second.readCells(area))]).toEqual([...before]);
    expect(second.descriptor.bootId).toBe(first.descriptor.bootId);
    await second.close();
  });

  it("tells a second host that it is busy, and serves it once the first is gone", async () => {
    await using served = await serveTcp(settings, "127.0.0.1", 0);
    const first = await wireBoard(await tcpTransport(served.url));
    await expect(wireBoard(await tcpTransport(served.url))).rejects.toMatchObject({ code: "BOARD_BUSY" });
    const { port } = new URL(served.url);
    expect(await text(connect(Number(port), "127.0.0.1"))).toBe("busy: another host uses this board\n");
    await first.sense();
    await first.close();
    const next = await wireBoard(await tcpTransport(served.url));
    await next.close();
  });

  it("ends every open call of its host with LINK_LOST when the server goes", async () => {
    const served = await serveTcp(settings, "127.0.0.1", 0);
    const board = await wireBoard(await tcpTransport(served.url));
    const codes = new Int16Array(8);
    const whole = { ...area, rows: 8, cols: 8 };
    const read = board.readOut({ area: whole, range: 0, codes, vectors: 1, repeats: 60_000, firstSample: 0 });
    await served.close();
    await expect(read).rejects.toMatchObject({ code: "LINK_LOST" });
    await board.close();
  });

  it("says where it cannot listen", async () => {
    await using served = await serveTcp(settings, "127.0.0.1", 0);
    const taken = serveTcp(settings, "127.0.0.1", Number(new URL(served.url).port));
    await expect(taken).rejects.toMatchObject({ code: "ADDRESS_UNAVAILABLE" });
  });
});
