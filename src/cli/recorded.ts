import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Outcome, playback, type RecordingHead } from "#drivers";
import { MhoError } from "#protocol";
import { jsonOf } from "./command.ts";
import { run } from "./run.ts";
import type { Terminal } from "./terminal.ts";

/** Fields of a result that are about the line, the clock and the name of the board, not about what the board said. */
const ofTheMoment = new Set(["url", "link", "clock", "replay", "seconds", "wireBytes"]);

/** An outcome without what differs from one run to the next of the same recording. */
export function comparable({ exitCode, document }: Outcome): Outcome {
  const text = JSON.stringify(document ?? null, (key, value) => (ofTheMoment.has(key) ? undefined : value));
  return { exitCode, document: JSON.parse(text) };
}

/** How a recorded command went when it was run again on its recording. */
export interface Rerun extends Outcome {
  /** Recorded requests that were not made again. */
  readonly unasked: readonly string[];
  /** What it wrote to stdout and stderr. */
  readonly output: string;
}

/**
 * Runs the command of a recording again, in this process and folder, with the recording in place of its boards. The
 * outcome is without what differs from run to run (URLs, times, link figures).
 * Errors: FILE_UNREADABLE, FILE_BROKEN, also where the recording breaks off before its end.
 */
export async function rerun(file: string | URL): Promise<Rerun> {
  const path = file instanceof URL ? fileURLToPath(file) : file;
  const played = await playback(path);
  const { head, outcome } = played.recording;
  if (!outcome)
    throw new MhoError("FILE_BROKEN", {
      path,
      kind: "recording",
      why: "it breaks off before the command ended",
    });
  let document: unknown = null;
  let output = "";
  const write = (text: string): void => {
    output += text;
  };
  const terminal: Terminal = {
    columns: 80,
    colour: "none",
    signal: new AbortController().signal,
    lines: (async function* () {})(),
    out: write,
    err: write,
    onLog: (line) => write(`board: ${line}\n`),
    progress: (_, work) => work(() => {}),
    onResult: (result) => {
      document = JSON.parse(jsonOf(result));
    },
    via: async () => played.connect(),
  };
  const { commands } = await import("./commands/index.ts");
  const exitCode = await run(head.command, terminal, commands(terminal));
  return { ...comparable({ exitCode, document }), unasked: played.unasked, output };
}

/** A vitest file at `testPath` that runs a recorded command again and expects the outcome that it had. */
export function testOf(testPath: string, path: string, about: RecordingHead & Outcome): string {
  const from = relative(dirname(resolve(testPath)), resolve(path));
  const name = `mho ${about.command.join(" ")}`;
  return `// Written by \`mho record --emit-test\`, mho ${about.mho}, ${about.started}.
// Run it from the folder in which it was recorded, so that the command finds its files.
import { expect, it } from "vitest";
import { rerun } from "mho";

it(${JSON.stringify(`${name}: ends as recorded`)}, async () => {
  const { exitCode, document, unasked, output } = await rerun(new URL(${JSON.stringify(`./${from}`)}, import.meta.url));
  expect({ exitCode, output }).toMatchObject({ exitCode: ${about.exitCode} });
  expect(unasked).toEqual([]);
  expect(document).toEqual(${JSON.stringify(about.document, undefined, 2).replaceAll("\n", "\n  ")});
});
`;
}
