import { Command, InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { microsiemens, type Siemens } from "#protocol";
import type { Terminal } from "./terminal.ts";

/** What every command takes. */
export interface Common {
  readonly json?: true | undefined;
  readonly debug?: true | undefined;
}

/** A command with the flags that all have, whose help ends with an example. */
export function command(
  terminal: Terminal,
  name: string,
  about: { does: string; examples: readonly string[] },
) {
  return new Command(name)
    .description(about.does)
    .option("--json", "print one JSON document on stdout, nothing else there")
    .option("--debug", "show where in the code an error arose")
    .addHelpText(
      "after",
      `\nExample${about.examples.length > 1 ? "s" : ""}:\n${about.examples.map((e) => `  $ ${e}`).join("\n")}`,
    )
    .configureOutput({
      writeOut: terminal.out,
      writeErr: terminal.err,
      getOutHelpWidth: () => terminal.columns,
    })
    .showHelpAfterError("(--help shows the options and an example)")
    .exitOverride();
}

export const boardOption = () =>
  new Option(
    "--board <url>",
    "sim:?profile=…&seed=…, tcp://host:port, serial:/dev/ttyACM0?baud=921600, pty:/path, emulated:rp2040, firmata:/dev/ttyUSB0, replay:session.mho",
  ).default("sim:");

export const layersOption = () =>
  new Option(
    "--layers <where>",
    "who computes the layers: the board by itself, the host one by one, or as the board can",
  )
    .choices(["auto", "host", "board"] as const)
    .default("auto" as const);

function whole(lowest: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < lowest)
      throw new InvalidArgumentError(`It must be a whole number of at least ${lowest}.`);
    return value;
  };
}
export const count = whole(1);
export const seed = whole(0);

export function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < Number.POSITIVE_INFINITY))
    throw new InvalidArgumentError("It must be a number above 0.");
  return value;
}

/** A conductance as a person writes it: microsiemens on the command line, siemens inside. */
export const microsiemensOf = (text: string): Siemens => microsiemens(positive(text));

const plain = (_: string, value: unknown): unknown =>
  ArrayBuffer.isView(value) ? Array.from(value as Float32Array) : value;

/** A result as its JSON text. */
export const jsonOf = (document: unknown): string => JSON.stringify(document, plain, 2);

/** A command's one result: the whole document with --json, else what a person reads. */
export function report(
  terminal: Terminal,
  options: Common,
  document: unknown,
  text: () => readonly string[],
): void {
  terminal.onResult?.(document);
  terminal.out(options.json ? `${jsonOf(document)}\n` : `${text().join("\n")}\n`);
}
