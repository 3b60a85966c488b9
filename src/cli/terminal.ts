import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import cliProgress from "cli-progress";
import { MhoError } from "#protocol";
import type { Via } from "./open.ts";
import { type ColourDepth, colourDepth } from "./picture/index.ts";

/** Says how far a piece of work has come. */
export type Progress = (done: number, total: number) => void;

/** What a command may know of the world outside: passed in, so that a test can stand in for a person. */
export interface Terminal {
  readonly columns: number;
  readonly colour: ColourDepth;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** What is typed or piped in, line by line, without line ends. */
  readonly lines: AsyncIterable<string>;
  /** stdout: the command's result and nothing else. */
  out(text: string): void;
  /** stderr: logs and errors. */
  err(text: string): void;
  /** A line that a board says to people. */
  onLog(line: string): void;
  /** Told of a command's result, whether it is shown as JSON or not. */
  readonly onResult?: (document: unknown) => void;
  /** Stands between commands and boards. */
  readonly via?: Via;
  /** Shows a bar on stderr while `work` runs; silent where stderr is not a terminal. */
  progress<T>(label: string, work: (update: Progress) => Promise<T>): Promise<T>;
}

async function withBar<T>(label: string, work: (update: Progress) => Promise<T>): Promise<T> {
  const bar = new cliProgress.SingleBar(
    {
      stream: process.stderr,
      format: `${label} {bar} {percentage} %  {value}/{total}`,
      clearOnComplete: true,
      hideCursor: true,
    },
    cliProgress.Presets.shades_classic,
  );
  let started = false;
  try {
    return await work((done, total) => {
      if (!started) bar.start(total, done);
      else bar.update(done);
      started = true;
    });
  } finally {
    if (started) bar.stop();
  }
}

/** Aborts at the first Ctrl-C or polite end; the second Ctrl-C ends the program where it stands. */
function interruption(): AbortSignal {
  const stop = new AbortController();
  const asked = (): void => {
    if (stop.signal.aborted) process.exit(130);
    stop.abort(new MhoError("CANCELLED", { doing: "at work" }));
  };
  process.on("SIGINT", asked);
  process.on("SIGTERM", asked);
  return stop.signal;
}

/** Lines of `input` as they come, until it ends, `signal` aborts, or nobody wants more: then it is let go of. */
export async function* linesOf(input: Readable, signal: AbortSignal): AsyncGenerator<string> {
  const reader = createInterface({ input, signal, crlfDelay: Number.POSITIVE_INFINITY });
  try {
    yield* reader;
  } finally {
    reader.close();
  }
}

/** A terminal that differs from `terminal` in what is given, and else is it. */
export const instead = (terminal: Terminal, other: Partial<Terminal>): Terminal =>
  Object.create(terminal, Object.getOwnPropertyDescriptors(other)) as Terminal;

/** The terminal this program was started in. */
export function startedIn(): Terminal {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    // `mho inspect … | head` closes the pipe early: that is the reader's choice, not an error.
    if (error.code === "EPIPE") process.exit(0);
    if (process.exitCode === 1) return;
    // The command ends as it would, so that a board is left idle; its exit code is 1 all the same.
    process.exitCode = 1;
    const { code, message, mend } = new MhoError("OUTPUT_UNWRITABLE", { why: error.message });
    process.stderr.write(`${code} ${message}\n  → ${mend}\n`);
  });
  process.stderr.on("error", () => {}); // nobody reads what is said: no reason to leave a board in the middle of its work
  const signal = interruption();
  return {
    columns: Number(process.env.COLUMNS) || process.stdout.columns || 80,
    colour: colourDepth(process.env, process.stdout.isTTY === true),
    signal,
    get lines() {
      return linesOf(process.stdin, signal);
    },
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    onLog: (line) => void process.stderr.write(`board: ${line}\n`),
    progress: withBar,
  };
}
