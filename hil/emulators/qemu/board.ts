import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { realClock } from "#calibration";
import { socketTransport, type Transport } from "#drivers";
import { MhoError, seconds } from "#protocol";
import { type FrontEnd, type FrontEndOptions, frontEnd } from "../front-end.ts";
import { type BoardFacts, Mailbox } from "./mailbox.ts";

const url = "emulated:mps2-an386";
/** In the board's own folder. */
const files = { firmware: "firmware.elf", memory: "memory", link: "link", bell: "bell" } as const;

export interface QemuOptions extends BoardFacts {
  /** The firmware, as an ELF file. */
  readonly firmware: Uint8Array;
  readonly front: FrontEndOptions;
}

/** A board in QEMU, from its start to its end. */
export interface QemuBoard {
  readonly front: FrontEnd;
  readonly mailbox: Mailbox;
  /** The host's end of the link. Closing it ends the board. */
  readonly transport: Transport;
  readonly child: ChildProcess;
}

/** Whoever comes first to a socket at this path. The promise in the array comes later than the socket itself. */
async function meeting(path: string, held: Held): Promise<[guest: Promise<Socket>]> {
  const server = createServer().listen(path);
  held.add(() => server.close());
  const guest = once(server, "connection").then(([socket]) => socket as Socket);
  await once(server, "listening");
  return [guest];
}

/** The kernel ends QEMU when we end, however that comes about. */
function launch(folder: string): ChildProcess {
  const serial = (name: string): string[] => [
    ...["-chardev", `socket,id=${name},path=${name}`],
    ...["-serial", `chardev:${name}`],
  ];
  return spawn(
    "setpriv",
    [
      ...["--pdeathsig", "KILL", "--", "qemu-system-arm", "-M", "mps2-an386,memory-backend=ram"],
      ...["-object", `memory-backend-file,id=ram,size=16M,share=on,mem-path=${files.memory}`],
      ...["-kernel", files.firmware, "-display", "none", "-nodefaults", "-monitor", "none"],
      ...[...serial(files.link), ...serial(files.bell)],
    ],
    { cwd: folder, stdio: ["ignore", "ignore", "pipe"] },
  );
}

const absent = (why: string, cause?: unknown): MhoError =>
  new MhoError("EMULATED_ABSENT", { url, why }, { cause });

/** What `child` writes to stderr, once it has ended before its time. */
async function lastWords(child: ChildProcess): Promise<never> {
  let said = "";
  child.stderr!.on("data", (chunk) => {
    said += chunk;
  });
  const [code] = await once(child, "close").catch((cause: Error) => {
    throw absent("util-linux's setpriv is not installed", cause);
  });
  throw absent(`QEMU (Debian's qemu-system-arm) ended with ${code}: ${said.trim()}`);
}

/** A transport that ends the board, too, when it is closed. */
function ending(transport: Transport, end: () => Promise<void>): Transport {
  const close = async (): Promise<void> => {
    await transport.close();
    await end();
  };
  return {
    url,
    onData: (listener) => transport.onData(listener),
    onClose: (listener) => transport.onClose(listener),
    write: (bytes) => transport.write(bytes),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** What a board has to let go of, in the order in which it was taken. */
class Held {
  readonly #releases: (() => unknown)[] = [];

  add(release: () => unknown): void {
    this.#releases.push(release);
  }

  async release(): Promise<void> {
    for (const release of this.#releases.splice(0).reverse()) await release();
  }
}

interface Started {
  readonly child: ChildProcess;
  readonly link: Socket;
}

/** Starts QEMU in `folder`, its chardevs at sockets of ours, until its firmware has first rung the bell. */
async function started(folder: string, mailbox: Mailbox, held: Held): Promise<Started> {
  const [link] = await meeting(join(folder, files.link), held);
  const [bell] = await meeting(join(folder, files.bell), held);
  const child = launch(folder);
  const ended = lastWords(child);
  held.add(() => {
    child.kill("SIGKILL");
    return ended.catch(() => "killed");
  });
  const [host, guest] = await Promise.race([Promise.all([link, bell]), ended]);
  guest.on("error", () => "QEMU has ended");
  guest.on("data", () => {
    mailbox.carryOut();
    guest.write("!");
  });
  await Promise.race([once(guest, "data"), ended]);
  return { child, link: host };
}

/**
 * Starts an MPS2 with a Cortex-M4F in QEMU, its link at a socket of ours, its front end behind a mailbox. Board time is the
 * wall's, and conversions and pulses take none of it: the cells' time runs ahead by what they would take.
 * Rejects with EMULATED_ABSENT.
 */
export async function qemuBoard(options: QemuOptions): Promise<QemuBoard> {
  const held = new Held();
  try {
    const clock = realClock();
    let ahead = 0;
    const front = await frontEnd(options.front, {
      now: () => seconds(clock.now() + ahead),
      busy: (span) => {
        ahead += span;
      },
    });
    const folder = await mkdtemp(join(tmpdir(), "mho-qemu-"));
    held.add(() => rm(folder, { recursive: true, force: true }));
    await writeFile(join(folder, files.firmware), options.firmware);
    const mailbox = new Mailbox(join(folder, files.memory), front, options);
    held.add(() => mailbox.close());
    const { child, link } = await started(folder, mailbox, held);
    // All is connected, mapped and loaded: no file is left behind, whoever is killed.
    await rm(folder, { recursive: true });
    return { front, mailbox, child, transport: ending(socketTransport(url, link), () => held.release()) };
  } catch (error) {
    await held.release();
    throw error;
  }
}
