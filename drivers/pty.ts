import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, constants, openSync } from "node:fs";
import { lstat, readlink, symlink, unlink } from "node:fs/promises";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { isMainThread } from "node:worker_threads";
import type { BindingPortInterface, LinuxOpenOptions, OpenOptions } from "@serialport/bindings-cpp";
import type { SerialPort } from "serialport";
import { MhoError } from "#protocol";
import { closePort, mended, openPort } from "./serial-binding.ts";
import { streamTransport } from "./stream-transport.ts";
import type { Transport } from "./transport.ts";

/** A tty that this program serves as if it were a board. */
export interface Pty {
  /** What a host opens: `serial:` and this path. */
  readonly path: string;
  /** The board's end. Closing it hangs up on the host and takes the tty and the link away. */
  readonly transport: Transport;
}
export interface PtyOptions {
  /** A symbolic link to make to the tty; one that is there already is replaced. */
  readonly link?: string;
}

/**
 * Makes a raw 8-bit tty whose other end is this program's, with no other program behind it. It outlives each host that
 * opens and closes it. What is written while no host has it open waits for one, up to some kilobytes, and is thrown away
 * when it comes. Rejects with PTY_UNAVAILABLE, or FILE_UNWRITABLE for the link.
 */
export async function openPty({ link }: PtyOptions = {}): Promise<Pty> {
  if (process.platform !== "linux") throw unavailable("only Linux has the /dev/ptmx it is made with");
  if (!isMainThread) throw unavailable("it cannot be served from a worker thread");
  const held: (() => unknown)[] = [];
  const release = async (): Promise<void> => {
    for (const letGo of held.splice(0).reverse()) await letGo();
  };
  try {
    const master = openTty("/dev/ptmx");
    held.push(() => closeSync(master));
    const path = `/dev/pts/${await unlocked(master)}`;
    // Held open: else every read of the master fails with EIO from when one host closes until the next one opens.
    const slave = openTty(path);
    held.push(() => closeSync(slave));
    const port = await masterPort(master);
    held[0] = () => closePort(port);
    if (link) held.push(await linked(link, path));
    return { path, transport: streamTransport(`serial:${path}`, port, release) };
  } catch (error) {
    await release();
    throw error;
  }
}

const unavailable = (why: string, cause?: unknown): MhoError =>
  new MhoError("PTY_UNAVAILABLE", { why }, { cause });

function openTty(path: string): number {
  try {
    return openSync(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
  } catch (cause) {
    throw unavailable((cause as Error).message, cause);
  }
}

/**
 * What Node has no call for: TIOCSPTLCK unlocks the slave, TIOCGPTN tells its number. stty acts on the slave's settings
 * also when it is given the master. Raw, or the tty would answer the host with its own words.
 */
const unlock = `
  my $n = pack "i", 0;
  ioctl(STDIN, 0x40045431, $n) && ioctl(STDIN, 0x80045430, $n) or die "ioctl: $!\\n";
  $| = 1;
  print unpack "i", $n;
  exec "stty", "raw", "-echo" or die "stty: $!\\n";`;

/** Makes the master's slave raw and openable, and gives its number. */
async function unlocked(master: number): Promise<number> {
  const perl = spawn("perl", ["-e", unlock], { stdio: [master, "pipe", "pipe"] }) as ChildProcessByStdio<
    null,
    Readable,
    Readable
  >;
  await once(perl, "spawn").catch((cause: Error) => {
    throw unavailable(cause.message, cause);
  });
  const [number, complaint] = await Promise.all([text(perl.stdout), text(perl.stderr), once(perl, "close")]);
  if (perl.exitCode !== 0) throw unavailable(complaint.trim());
  return Number(number);
}

/**
 * The master as one of serialport's ports: Node's own tty streams block the whole program when a pty is full, and its
 * file streams park a thread each in a read that nothing ends.
 */
async function masterPort(fd: number): Promise<SerialPort> {
  const { LinuxBinding, LinuxPortBinding } = await import("@serialport/bindings-cpp");
  const open = async (options: OpenOptions): Promise<BindingPortInterface> =>
    mended(new LinuxPortBinding(fd, options as Required<LinuxOpenOptions>));
  return openPort({ list: LinuxBinding.list, open }, "/dev/ptmx", 115_200);
}

/** Makes the link, in place of an older link only; gives what takes it away again. */
async function linked(link: string, path: string): Promise<() => Promise<void>> {
  try {
    const there = await lstat(link).catch(() => undefined);
    if (there?.isSymbolicLink()) await unlink(link);
    await symlink(path, link);
  } catch (cause) {
    throw new MhoError("FILE_UNWRITABLE", { path: link, why: (cause as Error).message }, { cause });
  }
  return async () => {
    const leads = await readlink(link).catch(() => undefined);
    if (leads === path) await unlink(link);
  };
}
