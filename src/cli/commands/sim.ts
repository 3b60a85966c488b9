import { once } from "node:events";
import { InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { servePty, serveTcp, simulatorOptionsOf } from "#drivers";
import { command, report } from "../command.ts";
import type { Terminal } from "../terminal.ts";

function addressOf(listen: string): [host: string, port: number] {
  const found = /^(.+):(\d{1,5})$/.exec(listen);
  if (!found || Number(found[2]) > 65535)
    throw new InvalidArgumentError("It should read host:port, such as localhost:7000.");
  return [found[1]!.replace(/^\[(.*)\]$/, "$1"), Number(found[2])];
}

export const simCommand = (terminal: Terminal) =>
  command(terminal, "sim", {
    does: "Serves the simulated board to other programs until Ctrl-C: over TCP or as a serial line.",
    examples: [
      "mho sim --listen localhost:7000 --board 'sim:?profile=hfox-tsinghua&seed=7'",
      "mho sim --pty --link /tmp/board",
    ],
  })
    .option("--board <url>", "which simulated board", "sim:")
    .option("--listen <host:port>", "serve over TCP; port 0 takes a free one", addressOf, [
      "localhost",
      0,
    ] as [string, number])
    .addOption(
      new Option("--pty", "serve as a tty, which programs open like a serial port").conflicts("listen"),
    )
    .addOption(new Option("--link <path>", "a symbolic link to make to the tty").implies({ pty: true }))
    .action(async (options) => {
      const simulator = simulatorOptionsOf(options.board);
      await using server = await (options.pty
        ? servePty(simulator, options.link)
        : serveTcp(simulator, ...options.listen));
      report(terminal, options, { url: server.url, board: options.board }, () => [
        `simulated board (${options.board}) at ${server.url}`,
        `try: mho board --board ${server.url}`,
      ]);
      if (!terminal.signal.aborted) await once(terminal.signal, "abort");
    });
