import { Command, CommanderError } from "@commander-js/extra-typings";
import pc from "picocolors";
import { isMhoError, MhoError } from "#protocol";
import type { Terminal } from "./terminal.ts";
import { version } from "./version.ts";

/** Ends a command with an exit code, where all that is to be said was said. */
export class Ended extends Error {
  readonly exitCode: number;
  constructor(exitCode: number) {
    super(`ended with ${exitCode}`);
    this.exitCode = exitCode;
  }
}

/** Errors that say the command line itself is wrong. */
const usage = new Set(["OPTION_INVALID", "URL_INVALID", "NO_DRIVER"]);

/** What an engine says of an array that cannot be, as the error it means; any other error as it is. */
function translated(error: unknown): unknown {
  const tooLarge =
    error instanceof RangeError && /array (buffer )?length|allocation failed/i.test(error.message);
  return tooLarge ? new MhoError("OUT_OF_MEMORY", { why: error.message }, { cause: error }) : error;
}

/** The error as a person reads it: code, what went wrong, what to do. */
function explanation(error: unknown, terminal: Terminal, debug: boolean): string {
  const colours = pc.createColors(terminal.colour !== "none");
  const stack =
    debug && error instanceof Error
      ? `\n${error.stack}${error.cause ? `\ncaused by ${String((error.cause as Error).stack)}` : ""}`
      : "";
  if (isMhoError(error)) return `${colours.red(error.code)} ${error.message}\n  → ${error.mend}${stack}\n`;
  const message = error instanceof Error ? error.message : String(error);
  return `${colours.red("INTERNAL")} ${message}\n  → This is a fault in mho itself: run again with --debug and report what it shows.${stack}\n`;
}

function documented(error: unknown): unknown {
  const known = isMhoError(error);
  const says = error instanceof Error ? error.message : String(error);
  return {
    error: {
      code: known ? error.code : "INTERNAL",
      says,
      mend: known ? error.mend : null,
      facts: known ? error.facts : {},
    },
  };
}

/** Runs one command line (without `node mho`) and gives its exit code: 0 done, 1 failed, 2 wrong usage, 130 stopped. */
export async function run(
  argv: readonly string[],
  terminal: Terminal,
  commands: readonly Command[],
): Promise<number> {
  const program = new Command("mho")
    .version(version)
    .description("Runs Bayesian neural networks on memristor crossbars, and says how sure they are.")
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
    .showHelpAfterError("(mho --help lists the commands)")
    .addHelpText("after", "\nStart here:\n  $ mho demo")
    .exitOverride();
  for (const each of commands) program.addCommand(each);
  try {
    await program.parseAsync([...argv], { from: "user" });
    return terminal.signal.aborted ? 130 : 0;
  } catch (cause) {
    if (cause instanceof Ended) return cause.exitCode;
    const inJson = (error: unknown): void => {
      if (argv.includes("--json")) terminal.out(`${JSON.stringify(documented(error), null, 2)}\n`);
    };
    if (cause instanceof CommanderError) {
      if (cause.exitCode === 0) return 0;
      inJson(new MhoError("COMMAND_INVALID", { why: cause.message.replace(/^error: /, "") }, { cause }));
      return 2;
    }
    const error = translated(cause);
    terminal.onResult?.({ error: { code: isMhoError(error) ? error.code : "INTERNAL" } });
    terminal.err(explanation(error, terminal, argv.includes("--debug")));
    if (terminal.signal.aborted) return 130;
    inJson(error);
    return isMhoError(error) && usage.has(error.code) ? 2 : 1;
  }
}
