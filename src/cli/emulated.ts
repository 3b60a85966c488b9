import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { serialTransport, type Transport } from "#drivers";
import { type ErrorCode, errorTable, MhoError } from "#protocol";

type Child = ChildProcessByStdio<Writable, Readable, null>;

/** The program that emulates boards, in dist/: it is no part of this one, for it holds a tty's other end. */
function program(): string {
  const near = new URL("../../hil/emulators/serve.js", import.meta.url);
  const far = new URL("../../dist/hil/emulators/serve.js", import.meta.url);
  return fileURLToPath(existsSync(near) ? near : far);
}

/** What the emulator says first: where it stands, or why it does not. */
async function firstWord(child: Child, url: string): Promise<string> {
  for await (const line of createInterface({ input: child.stdout })) {
    const said = JSON.parse(line) as { path?: string; code?: ErrorCode; facts?: never };
    if (said.path !== undefined) return said.path;
    if (said.code !== undefined && said.code in errorTable)
      throw new MhoError(said.code, said.facts as never);
    break;
  }
  throw new MhoError("EMULATED_ABSENT", { url, why: "it ended without a word" });
}

async function end(child: Child): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.stdin.end();
  await once(child, "exit");
}

/**
 * A board with real firmware on an emulated microcontroller, `emulated:atmega2560?baud=1000000`, through a tty of its
 * own. It ends with the transport, and with this program. Rejects with EMULATED_ABSENT, EMULATOR_MISSING,
 * FIRMWARE_UNBUILT, PTY_UNAVAILABLE or URL_INVALID.
 */
export async function emulatedTransport(url: string): Promise<Transport> {
  // A process group of its own: Ctrl-C in a terminal goes to this program, which then idles the board.
  const child = spawn(process.execPath, [program(), url], {
    stdio: ["pipe", "pipe", "inherit"],
    detached: true,
  });
  child.stdin.on("error", () => {}); // it has ended: what its tty says is enough
  try {
    const line = await serialTransport(`serial:${await firstWord(child, url)}`);
    return endingWith(line, url, () => end(child));
  } catch (error) {
    await end(child);
    throw error;
  }
}

/** The same transport under another name, whose end is the end of something else too. */
function endingWith(line: Transport, url: string, release: () => Promise<void>): Transport {
  const close = async (): Promise<void> => {
    await line.close();
    await release();
  };
  line.onClose(() => void release());
  return {
    url,
    onData: (listener) => line.onData(listener),
    onClose: (listener) => line.onClose(listener),
    write: (bytes) => line.write(bytes),
    close,
    [Symbol.asyncDispose]: close,
  };
}
