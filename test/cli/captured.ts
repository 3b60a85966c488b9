import { setMaxListeners } from "node:events";
import { commands } from "../../src/cli/commands/index.ts";
import type { ColourDepth } from "../../src/cli/picture/index.ts";
import { run } from "../../src/cli/run.ts";
import type { Terminal } from "../../src/cli/terminal.ts";

export interface Captured extends Terminal {
  stdout(): string;
  stderr(): string;
}
interface Situation {
  readonly columns?: number;
  readonly colour?: ColourDepth;
  readonly signal?: AbortSignal;
  readonly typed?: readonly string[];
  readonly onOut?: () => void;
  readonly onProgress?: (done: number, total: number) => void;
}

async function* each(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

/** A terminal nobody sits at, which remembers what was written. */
export function captured(situation: Situation = {}): Captured {
  const { columns = 80, colour = "none", signal = new AbortController().signal, typed = [] } = situation;
  setMaxListeners(0, signal);
  let [out, err] = ["", ""];
  return {
    ...{ columns, colour, signal, lines: each(typed) },
    out: (text) => {
      out += text;
      situation.onOut?.();
    },
    err: (text) => {
      err += text;
    },
    onLog: (line) => {
      err += `board: ${line}\n`;
    },
    progress: (_, work) => work((done, total) => situation.onProgress?.(done, total)),
    stdout: () => out,
    stderr: () => err,
  };
}

/** Runs `mho` with these words in this process. */
export async function mho(
  words: readonly string[],
  situation: Situation = {},
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const terminal = captured(situation);
  const exitCode = await run(words, terminal, commands(terminal));
  return { exitCode, stdout: terminal.stdout(), stderr: terminal.stderr() };
}
