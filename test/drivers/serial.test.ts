import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  openSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openPty, type Pty } from "../../drivers/pty.ts";
import { serialTransport, ttyOf } from "../../drivers/serial.ts";
import { mended } from "../../drivers/serial-binding.ts";
import { lossOf, receive, turns } from "./transport-contract.ts";

const openFiles = (): number => readdirSync("/proc/self/fd").length;
const listeners = (): number =>
  process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);
const lost = expect.objectContaining({ code: "LINK_LOST" });

let pty: Pty;
beforeEach(async () => {
  pty = await openPty();
});
afterEach(() => pty.transport.close());

describe("serialTransport", () => {
  it("reads path and baud rate from its URL, 115200 if not said", () => {
    expect(ttyOf("serial:/dev/ttyACM0?baud=921600")).toEqual({ path: "/dev/ttyACM0", baud: 921_600 });
    expect(ttyOf("serial:/tmp/my%20board")).toEqual({ path: "/tmp/my board", baud: 115_200 });
    expect(ttyOf("serial:COM3")).toEqual({ path: "COM3", baud: 115_200 });
  });

  it.each([
    ["serial:", "it should read"],
    ["/dev/ttyACM0", "it should read"],
    ["serial:/dev/ttyACM0?baud=fast", "whole number"],
    ["serial:/dev/ttyACM0?baud=0", "whole number"],
    ["serial:/dev/ttyACM0?baudrate=9600", "takes baud, not baudrate"],
  ])("refuses %s: %s", async (url, why) => {
    await expect(serialTransport(url)).rejects.toMatchObject({
      code: "URL_INVALID",
      message: expect.stringContaining(why),
    });
  });

  it("names the board that is not there", async () => {
    await expect(serialTransport("serial:/dev/ttyACM99")).rejects.toMatchObject({
      code: "BOARD_ABSENT",
      facts: { url: "serial:/dev/ttyACM99", why: expect.stringContaining("No such file or directory") },
    });
  });

  it("says that the port is in use when it is open already, and opens it once it is let go", async () => {
    const url = `serial:${pty.path}`;
    const first = await serialTransport(url);
    await expect(serialTransport(url)).rejects.toMatchObject({ code: "BOARD_BUSY", facts: { url } });
    await first.close();
    await (await serialTransport(url)).close();
  });

  it("says how to get the permission that is missing", async () => {
    chmodSync(pty.path, 0);
    const user = process.geteuid?.();
    if (user === 0) process.seteuid?.("nobody");
    try {
      await expect(serialTransport(`serial:${pty.path}`)).rejects.toMatchObject({
        code: "BOARD_FORBIDDEN",
        mend: expect.stringContaining("dialout"),
      });
    } finally {
      if (user === 0) process.seteuid?.(0);
    }
  });

  it("sends nothing that was written to an earlier connection", async () => {
    const first = await serialTransport(`serial:${pty.path}`);
    await first.close();
    await expect(first.write(Uint8Array.of(0xee))).rejects.toEqual(lost);
    await using second = await serialTransport(`serial:${pty.path}`);
    const received = receive(pty.transport, 2);
    await second.write(Uint8Array.of(1, 2));
    expect([...(await received)]).toEqual([1, 2]);
  });

  it("opens a board that talks before it is asked, and hears its answers from then on", async () => {
    await pty.transport.write(Uint8Array.from(Buffer.from("mho firmware 1.0 ready\n")));
    await using host = await serialTransport(`serial:${pty.path}`);
    const received = receive(host, 1);
    await pty.transport.write(Uint8Array.of(7));
    expect([...(await received)]).toEqual([7]);
  });

  it.each([9600, 250_000, 921_600, 3_000_000])("opens at %d baud", async (baud) => {
    await (await serialTransport(`serial:${pty.path}?baud=${baud}`)).close();
  });
});

describe("a tty that hangs up", () => {
  it("is noticed each of 100 times, and leaves no file, listener or memory behind", async () => {
    const heard: unknown[] = [];
    const before = [openFiles(), listeners()];
    let half = 0;
    for (let time = 0; time < 100; time++) {
      if (time === 50) half = process.memoryUsage.rss();
      const board = await openPty();
      const host = await serialTransport(`serial:${board.path}`);
      const loss = lossOf(host);
      const echo = receive(board.transport, 64);
      host.onData(() => {});
      await host.write(new Uint8Array(64));
      await echo;
      await board.transport.close();
      heard.push(await loss);
      await host.close();
    }
    expect(heard).toEqual(Array(100).fill(lost));
    expect([openFiles(), listeners()]).toEqual(before);
    // serialport's own hang-up loop takes 10 MB a second; fifty hang-ups of ours take a fraction of that.
    expect(process.memoryUsage.rss() - half).toBeLessThan(16e6);
  });

  it("is noticed when the program that served it is killed", async () => {
    const board = spawn("perl", ["-e", servesTty], { stdio: ["pipe", "pipe", "inherit"] });
    const [path] = (await once(board.stdout, "data")) as [Buffer];
    await using host = await serialTransport(`serial:${path}`);
    const loss = lossOf(host);
    host.onData(() => {});
    board.kill("SIGKILL");
    expect(await loss).toEqual(lost);
  });

  it("ends a read of 0 bytes with an error, where serialport would read again for ever", async () => {
    const fd = openSync("/dev/null", "r");
    const poller = Object.assign(new EventEmitter(), {
      poll: (flags: number) => void (flags && queueMicrotask(() => poller.emit("readable", null))),
    });
    const port = mended({ fd, poller } as unknown as Parameters<typeof mended>[0]);
    await expect(port.read(Buffer.alloc(8), 0, 8)).rejects.toThrow("the tty hung up");
    closeSync(fd);
  });

  it("asks the system for both ways while both wait, where serialport forgets the first", async () => {
    const fd = openSync(pty.path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
    const asked: number[] = [];
    const poller = Object.assign(new EventEmitter(), { poll: (flags: number) => void asked.push(flags) });
    const port = mended({ fd, poller } as unknown as Parameters<typeof mended>[0]);
    const ends = Promise.allSettled([port.read(Buffer.alloc(8), 0, 8), port.write(Buffer.alloc(2 ** 20))]);
    const [readable, writable] = [1, 2];
    expect(asked).toEqual([readable, readable | writable]);
    poller.emit("readable", null);
    expect(asked.at(-1)).toBe(writable);
    for (const way of ["readable", "writable"]) poller.emit(way, new Error("closed"));
    await turns(2);
    for (const way of ["readable", "writable"]) poller.emit(way, new Error("closed"));
    expect((await ends).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    closeSync(fd);
  });
});

/** A tty held by perl alone: prints its path and waits. */
const servesTty = `
  open(my $m, "+<", "/dev/ptmx") or die; my $n = pack "i", 0;
  ioctl($m, 0x40045431, $n); ioctl($m, 0x80045430, $n);
  my $path = "/dev/pts/" . unpack("i", $n); open(my $s, "+<", $path) or die;
  $| = 1; print $path; <STDIN>;`;

describe("openPty", () => {
  it("outlives 25 hosts that come and go, and carries all 256 byte values each time", async () => {
    const values = Uint8Array.from({ length: 256 }, (_, value) => value);
    const before = [openFiles(), listeners()];
    for (let time = 0; time < 25; time++) {
      const host = await serialTransport(`serial:${pty.path}`);
      const [down, up] = [receive(pty.transport, 256), receive(host, 256)];
      await Promise.all([host.write(values), pty.transport.write(values)]);
      expect(await Promise.all([down, up])).toEqual([values, values]);
      await host.close();
    }
    expect([openFiles(), listeners()]).toEqual(before);
  });

  it("leaves no file, listener, child or tty behind when it is closed", async () => {
    const before = [openFiles(), listeners()];
    const another = await openPty();
    expect(existsSync(another.path)).toBe(true);
    await another.transport.close();
    expect(existsSync(another.path)).toBe(false);
    expect([openFiles(), listeners()]).toEqual(before);
    expect(process.getActiveResourcesInfo().filter((name) => name === "ProcessWrap")).toEqual([]);
  });
});

describe("openPty with a link", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "mho-pty-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("makes it, serves through it, and takes it away at close", async () => {
    const link = join(folder, "board");
    const linked = await openPty({ link });
    expect(readlinkSync(link)).toBe(linked.path);
    await (await serialTransport(`serial:${link}`)).close();
    await linked.transport.close();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("replaces a link that an earlier run left, and leaves one alone that a later run made", async () => {
    const link = join(folder, "board");
    symlinkSync("/dev/pts/gone", link);
    const first = await openPty({ link });
    const second = await openPty({ link });
    await first.transport.close();
    expect(readlinkSync(link)).toBe(second.path);
    await second.transport.close();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("refuses to replace a file, and leaves nothing behind", async () => {
    const link = join(folder, "thesis.txt");
    writeFileSync(link, "ten years of work");
    const before = openFiles();
    await expect(openPty({ link })).rejects.toMatchObject({ code: "FILE_UNWRITABLE", facts: { path: link } });
    expect(openFiles()).toBe(before);
  });

  it.each([
    ["perl", []],
    ["stty", ["/usr/bin/perl"]],
  ])("says so where %s is missing, and leaves no file open", async (missing, present) => {
    const { PATH } = process.env;
    for (const program of present) symlinkSync(program, join(folder, "perl"));
    process.env.PATH = folder;
    const before = openFiles();
    try {
      await expect(openPty()).rejects.toMatchObject({
        code: "PTY_UNAVAILABLE",
        message: expect.stringContaining(missing),
        mend: expect.stringContaining("mho sim --listen"),
      });
    } finally {
      process.env.PATH = PATH;
    }
    await turns();
    expect(openFiles()).toBe(before);
  });
});
