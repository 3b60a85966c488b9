import { once } from "node:events";
import { servePty, serveTcp, simulatorOptionsOf } from "#drivers";
import { command, report } from "../command.ts";
import type { Terminal } from "../terminal.ts";

export const simCommand = (terminal: Terminal) =>
  command(terminal, "sim", {
    does: "Serves the simulated board to other programs until Ctrl-C: over TCP or as a serial line.",
    examples: [
      "mho sim --listen localhost:7000 --board 'sim:?profile=hfox-tsinghua&seed=7'",
      "mho sim --pty --link /tmp/board",
    ],
  })
    .option("--board <url>", "which simulated board", "sim:")
    .option("--listen <host:port>", "serve over TCP; port 0 takes a free one")
    .option("--pty", "serve as a tty, which programs open like a serial port")
    .option("--link <path>", "with --pty: a symbolic link to make to the tty")
    .action(async (options) => {
      const simulator = simulatorOptionsOf(options.board);
      await using server = options.pty
        ? await servePty(simulator, options.link)
        : await serveTcp(simulator, options.listen ?? "localhost:0");
      report(terminal, options, { url: server.url, board: options.board }, () => [
        `simulated board (${options.board}) at ${server.url}`,
        `try: mho board --board ${server.url}`,
      ]);
      if (!terminal.signal.aborted) await once(terminal.signal, "abort");
      terminal.signal.throwIfAborted();
    });
