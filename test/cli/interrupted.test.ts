import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { MhoError } from "#protocol";
import { commands } from "../../src/cli/commands/index.ts";
import { run } from "../../src/cli/run.ts";
import { instead, linesOf } from "../../src/cli/terminal.ts";
import { captured } from "./captured.ts";

const stopped = (): MhoError => new MhoError("CANCELLED", { doing: "at work" });

it("typed lines end with Ctrl-C, though more might come", async () => {
  const [stop, keyboard] = [new AbortController(), new PassThrough()];
  keyboard.write("info\nping\n");
  const typed: string[] = [];
  for await (const line of linesOf(keyboard, stop.signal)) {
    typed.push(line);
    if (line === "ping") stop.abort();
  }
  expect(typed).toEqual(["info", "ping"]);
  for await (const line of linesOf(keyboard, stop.signal)) typed.push(line);
  expect(typed).toHaveLength(2);
});

it("a keyboard is let go of after the line that was wanted: else the program would never end", async () => {
  const keyboard = new PassThrough();
  keyboard.write("y\n");
  for await (const line of linesOf(keyboard, new AbortController().signal)) {
    expect(line).toBe("y");
    break;
  }
  expect({ paused: keyboard.isPaused(), listening: keyboard.listenerCount("data") }).toEqual({
    paused: true,
    listening: 0,
  });
});

it("mho conformance takes Ctrl-C at its question for an end, not for a no", async () => {
  const stop = new AbortController();
  stop.abort(stopped());
  const terminal = captured({ signal: stop.signal });
  // Nothing listens there: an attempt to open the board would be BOARD_ABSENT.
  const exitCode = await run(["conformance", "--board", "tcp://127.0.0.1:1"], terminal, commands(terminal));
  expect({ exitCode, said: terminal.stderr() }).toMatchObject({
    exitCode: 130,
    said: expect.stringContaining("CANCELLED"),
  });
});

/** A board that listens and never answers, and what was said to it. */
async function silentBoard() {
  let said = "";
  const server = createServer((socket: Socket) => {
    socket.setEncoding("latin1").on("data", (text: string) => {
      said += text;
      server.emit("said");
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  return { url: `tcp://127.0.0.1:${port}`, server, said: () => said };
}

it("mho console idles the board when Ctrl-C comes while it works", async () => {
  const { url, server, said } = await silentBoard();
  const stop = new AbortController();
  const keyboard = new PassThrough();
  keyboard.write("readOut something long\n");
  server.once("said", () => stop.abort(stopped()));
  const terminal = instead(captured({ signal: stop.signal }), {
    get lines() {
      return linesOf(keyboard, stop.signal);
    },
  });
  const gone = once(server, "connection").then(([socket]) => once(socket as Socket, "end"));
  const exitCode = await run(["console", "--board", url], terminal, commands(terminal));
  await gone;
  server.close();
  expect({ exitCode, said: said() }).toEqual({ exitCode: 130, said: "readOut something long\nidle\n" });
});
