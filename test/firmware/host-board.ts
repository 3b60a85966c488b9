import { type ChildProcessWithoutNullStreams, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Duplex } from "node:stream";
import { promisify } from "node:util";
import type { Transport } from "#drivers";
import { crc32c } from "#protocol";
import { streamTransport } from "../../drivers/stream-transport.ts";

const run = promisify(execFile);
const firmware = new URL("../../firmware-protocol/firmware/", import.meta.url).pathname;

/** Whether there is a C compiler to build the firmware with. */
export const hasCompiler = await works("gcc", "--version").then(
  async (gcc) => gcc && works("make", "--version"),
);

export async function works(program: string, ...args: string[]): Promise<boolean> {
  return run(program, args).then(
    () => true,
    () => false,
  );
}

/**
 * Builds a board's firmware; gives the folder that it is built in, on which later runs with the same settings build. One at a
 * time: test files run side by side.
 */
export async function build(board: string, ...settings: string[]): Promise<string> {
  const name = `${board}-${crc32c(Buffer.from(settings.join(" "))).toString(16)}`;
  const folder = join(tmpdir(), `mho-firmware-${process.getuid?.() ?? 0}`);
  const out = join(folder, name);
  await mkdir(folder, { recursive: true });
  const make = ["make", "-s", "-C", firmware, `BOARD=${board}`, `OUT=${out}`, ...settings];
  await run("flock", [`${out}.lock`, ...make]);
  return out;
}

/** The host board's program, with other constants where they are given. */
export async function hostBoard(...config: string[]): Promise<string> {
  return join(await build("host", `CONFIG=${config.join(" ")}`), "mho-board");
}

/** Constants of a board that is short of everything. */
export const smallBoard = [
  ...["-DMAX_FRAME=96", "-DWINDOW=1", "-DBOARD_TILES=1", "-DBOARD_ROWS=32", "-DBOARD_COLS=32"],
  ...["-DCRC_TABLE=16", "-DFACTS_SIZE=0", "-DFULL_HELP=0"],
];

export interface RunningBoard {
  readonly transport: Transport;
  readonly child: ChildProcessWithoutNullStreams;
  /** What it said to standard error: where a sanitizer complains. */
  readonly complaints: () => string;
}

/** Starts the host board on a pipe; closing the transport ends it. */
export function start(program: string, ...options: string[]): RunningBoard {
  const child = spawn(program, options);
  let complaints = "";
  child.stderr.on("data", (chunk) => {
    complaints += chunk;
  });
  child.stdin.on("error", () => {});
  const gone = once(child, "exit");
  const stream = Duplex.from({ readable: child.stdout, writable: child.stdin });
  const transport = streamTransport(`process:${child.pid}`, stream, async () => {
    child.stdin.destroy();
    child.stdout.destroy();
    await gone;
  });
  return { transport, child, complaints: () => complaints };
}
