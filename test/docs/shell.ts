import { commands } from "../../src/cli/commands/index.ts";
import { run } from "../../src/cli/run.ts";
import { captured } from "../cli/captured.ts";
import { wordsOf } from "./blocks.ts";

export interface Ran {
  readonly line: string;
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function ended(line: string, stop: AbortSignal, onOut?: () => void): Promise<Ran> {
  const terminal = captured({ signal: stop, ...(onOut ? { onOut } : {}) });
  const exitCode = await run(wordsOf(line).slice(1), terminal, commands(terminal));
  return { line, exitCode, stdout: terminal.stdout(), stderr: terminal.stderr() };
}

/** Runs lines one after the other. A `mho sim` keeps serving while the lines after it run, and is stopped at the end. */
export async function runLines(lines: readonly string[]): Promise<Ran[]> {
  const stop = new AbortController();
  const results: Ran[] = [];
  const servers: Promise<Ran>[] = [];
  for (const line of lines) {
    if (/^mho sim\b/.test(line) && !line.includes("--help")) {
      await new Promise<void>((listening) => servers.push(ended(line, stop.signal, listening)));
      continue;
    }
    results.push(await ended(line, new AbortController().signal));
  }
  stop.abort();
  for (const { exitCode, ...server } of await Promise.all(servers))
    results.push({ ...server, exitCode: exitCode === 130 ? 0 : exitCode });
  return results;
}
