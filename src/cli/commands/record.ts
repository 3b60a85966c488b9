import { writeFile } from "node:fs/promises";
import { realClock } from "#calibration";
import { type Recorder, recorder } from "#drivers";
import { MhoError } from "#protocol";
import { command, jsonOf } from "../command.ts";
import { comparable, testOf } from "../recorded.ts";
import { Ended, run } from "../run.ts";
import { instead, type Terminal } from "../terminal.ts";
import { si } from "../text.ts";
import { version } from "../version.ts";

/** Runs a command line of mho with every board of it listened to; its exit code, and what it gave. */
async function recorded(argv: readonly string[], kept: Recorder, terminal: Terminal) {
  let document: unknown = null;
  const inner = instead(terminal, {
    via: async (_, connect) => kept.tap(await connect()),
    onResult: (result) => {
      document = JSON.parse(jsonOf(result));
    },
  });
  const { commands } = await import("./index.ts");
  return { exitCode: await run(argv, inner, commands(inner)), document };
}

/** Without a name of its own, a recording lies beside the test that plays it. */
function pathOf(output: string | undefined, emitTest: string | undefined): string {
  const path = output ?? emitTest?.replace(/(\.test)?\.[cm]?[jt]s$/, ".mho");
  if (path !== undefined) return path;
  throw new MhoError("OPTION_INVALID", {
    option: "-o",
    value: "FILE",
    why: "it says where the recording goes",
  });
}

function inWords({ counts: { links, messages, bytes } }: Recorder): string {
  if (links === 0) return "the command opened no board";
  return `${links} ${links === 1 ? "link" : "links"}, ${messages} messages, ${si(bytes, "B")}`;
}

/** Writes a test, but over no other: somebody may have changed it by hand. */
async function emit(path: string, test: string): Promise<void> {
  await writeFile(path, test, { flag: "wx" }).catch((cause: Error) => {
    throw new MhoError("FILE_UNWRITABLE", { path, why: cause.message }, { cause });
  });
}

export const recordCommand = (terminal: Terminal) =>
  command(terminal, "record", {
    does: "Runs a command and keeps all that goes over its links to boards; `--board replay:FILE` plays it back.",
    examples: [
      "mho record -o session.mho -- board --board serial:/dev/ttyACM0",
      "mho record -o session.mho --emit-test session.test.ts -- infer map.mho --input x.npy --board sim:",
    ],
  })
    .argument("<command...>", "the command line to run, behind --")
    .option("-o, --output <file>", "where the recording goes; a file that is there is not written over")
    .option("--emit-test <file>", "also write a vitest file that plays it back and expects the same outcome")
    .action(async (words, options) => {
      const path = pathOf(options.output, options.emitTest);
      const argv = options.json && !words.includes("--json") ? [...words, "--json"] : words;
      const about = { mho: version, command: argv, started: new Date().toISOString() };
      const onFailure = ({ code, message, mend }: MhoError): void =>
        terminal.err(`${code} ${message}\n  → ${mend}\n`);
      const kept = recorder(path, about, { clock: realClock(), onFailure });
      const outcome = await recorded(argv, kept, terminal);
      kept.close(outcome);
      terminal.err(`${path}: ${inWords(kept)}\n`);
      if (options.emitTest !== undefined && kept.failure)
        terminal.err(`${options.emitTest} is not written: the recording is not whole\n`);
      else if (options.emitTest !== undefined)
        await emit(options.emitTest, testOf(options.emitTest, path, { ...about, ...comparable(outcome) }));
      throw new Ended(outcome.exitCode || (kept.failure ? 1 : 0));
    });
