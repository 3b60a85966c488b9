import { realClock } from "#calibration";
import { lineReader, type Transport } from "#drivers";
import { MhoError, parseLine, seconds } from "#protocol";
import { boardOption, command, report } from "../command.ts";
import { connect } from "../open.ts";
import type { Terminal } from "../terminal.ts";

/** How long a board may think about one line. */
const patience = seconds(5);

/** Whether a line answers a request: replies and refusals do, events and log lines do not. */
function answers(line: string): boolean {
  const said = parseLine(line, "reply");
  return said !== undefined && !["log", "progress", "chunk"].includes(said.name);
}

/** Sends what is typed or piped in, line by line, each after the answer to the one before; `heard` is told all that the board says. */
async function talk(terminal: Terminal, board: Transport, heard: (line: string) => void): Promise<void> {
  let answered: (() => void) | undefined;
  const gone = new Promise<never>((_, reject) => board.onClose((cause) => reject(lost(board.url, cause))));
  gone.catch(() => "looked at only while a line waits for its answer");
  const reader = lineReader((line) => {
    heard(line);
    if (answers(line)) answered?.();
  });
  board.onData(reader.push);
  for await (const typed of terminal.lines) {
    if (typed.trim() === "") continue;
    if (typed.trim() === "binary") {
      terminal.err("binary mode is for programs: not sent\n");
      continue;
    }
    const answer = new Promise<void>((resolve) => {
      answered = resolve;
    });
    await board.write(Buffer.from(`${typed}\n`, "latin1"));
    const settled = new AbortController();
    const until = AbortSignal.any([terminal.signal, settled.signal]);
    await Promise.race([answer, gone, silence(board.url, typed, until)]).finally(() => settled.abort());
  }
}

/** What a person leaves with Ctrl-C does not go on: the board takes its lines to 0 V. */
async function idled(signal: AbortSignal, board: Transport): Promise<void> {
  if (signal.aborted) await board.write(Buffer.from("idle\n", "latin1")).catch(() => "it is gone already");
}

const lost = (url: string, cause?: Error): MhoError =>
  new MhoError("LINK_LOST", { url, doing: "talking" }, { cause });

async function silence(url: string, what: string, signal: AbortSignal): Promise<never> {
  await realClock().sleep(patience, signal);
  throw new MhoError("BOARD_SILENT", { url, what, seconds: patience });
}

export const consoleCommand = (terminal: Terminal) =>
  command(terminal, "console", {
    does: "Talks to a board by hand, in its text mode: what you type goes to the board, what it says is shown.",
    examples: ["mho console --board serial:/dev/ttyACM0", "echo 'readCells 0 3 7' | mho console"],
  })
    .addOption(boardOption())
    .action(async ({ board: url, ...options }) => {
      await using board = await connect(url, terminal);
      terminal.err(`talking to ${url}; "help" lists what it knows, Ctrl-D ends\n`);
      const said: string[] = [];
      try {
        await talk(terminal, board, (line) => {
          if (!options.json) return terminal.out(`${line}\n`);
          said.push(line);
          terminal.onLog(line);
        });
      } finally {
        await idled(terminal.signal, board);
      }
      if (options.json) report(terminal, options, { board: url, said }, () => said);
    });
