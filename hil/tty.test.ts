import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { inSiemens, siemens } from "#protocol";
import { open } from "../src/cli/open.ts";
import { lacking } from "./virtual-board.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const missing = lacking("avr-gcc") ?? (existsSync("/dev/ptmx") ? lacking("perl") : "no /dev/ptmx");
const area = { tile: 0, row: 0, col: 0, rows: 3, cols: 3 };

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
});
/** A program of dist/ that leads a process group, its standard output line by line. */
function program(...args: string[]) {
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: ["pipe", "pipe", "inherit"],
    detached: true,
  });
  started.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { child, line: async (): Promise<string> => (await lines.next()).value ?? "" };
}

/** Programs that run as children of `parent`. */
const childrenOf = (parent: number): number[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ")[1] === String(parent);
      } catch {
        return false; // it ended while we looked
      }
    });
const gone = (pid: number): boolean => !existsSync(`/proc/${pid}`);
/** Looks again and again, for as long as the test may run. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((done) => setTimeout(done, 20));
}

const host = `
  const { serialTransport, wireBoard } = await import("./dist/drivers/index.js");
  const board = await wireBoard(await serialTransport(process.argv[1]));
  const { min, max } = board.descriptor.conductance;
  const area = { tile: 0, row: 0, col: 0, rows: 32, cols: 16 };
  // A busy computer may let the watchdog end a programming; the next one begins.
  for (let up = 0; ; up = 1 - up)
    await board
      .program({ area, targets: new Float64Array(512).fill(up ? max : min), tolerance: 2e-7, maxPulses: 400 })
      .catch(() => {});`;
const opener = `
  const { connect } = await import("./dist/src/cli/open.js");
  await connect(process.argv[1]);
  console.log("up");
  setInterval(() => {}, 1000);`;
const idler = `
  const { open } = await import("./dist/src/cli/open.js");
  const board = await open(process.argv[1]);
  process.on("SIGINT", async () => {
    await board.idle();
    console.log("idle");
    process.exit();
  });
  console.log("up");
  setInterval(() => {}, 1000);`;

describe.skipIf(missing)("an emulated board at a tty", () => {
  beforeAll(() => execFileSync("npm", ["run", "build", "--silent"], { cwd: root }), 240_000);

  it("is reached by serialport at its URL, and is gone when it is closed", { timeout: 120_000 }, async () => {
    const before = childrenOf(process.pid);
    const board = await open("emulated:atmega2560?baud=1000000");
    const { uid, source, conductance } = board.descriptor;
    expect([uid, source]).toEqual(["atmega2560-emulated-1", "emulated"]);
    const targets = inSiemens(new Float64Array(9).fill(conductance.max / 2));
    const report = await board.program({ area, targets, tolerance: siemens(1e-6), maxPulses: 100 });
    expect(report.outcomes.filter((outcome) => outcome === "settled").length).toBeGreaterThan(6);
    const { codes } = await board.readOut({
      ...{ area, range: 2, codes: Int16Array.of(100, 100, 100), vectors: 1, repeats: 200, firstSample: 0 },
    });
    expect(codes).toHaveLength(600);
    const running = childrenOf(process.pid).filter((pid) => !before.includes(pid));
    expect(running).toHaveLength(1);
    await board.close();
    expect(running.filter((pid) => !gone(pid))).toEqual([]);
  });

  it("has its lines at 0 V within 100 ms of board time when the host is killed", {
    timeout: 120_000,
  }, async () => {
    const served = program("dist/hil/emulators/serve.js", "emulated:atmega328p?baud=1000000&watchdog=80");
    const { path } = JSON.parse(await served.line());
    const state = async () => {
      served.child.stdin!.write("state\n");
      return JSON.parse(await served.line()) as Record<
        "now" | "safeSince" | "pulsedAt" | "heardAt",
        number
      > & { safe: boolean; pulses: number; mistakes: string[] };
    };
    const { child } = program("--input-type=module", "-e", host, `serial:${path}?baud=1000000`);
    await until(async () => (await state()).pulses > 20);
    child.kill("SIGKILL");
    await once(child, "exit");
    const heard = (await state()).heardAt;
    await until(async () => (await state()).now > heard + 0.5);
    const { safe, safeSince, pulsedAt, heardAt, pulses, mistakes } = await state();
    expect(safe).toBe(true);
    expect(Math.max(safeSince, pulsedAt) - heardAt).toBeLessThan(0.1);
    await until(async () => (await state()).now > heard + 1);
    expect((await state()).pulses).toBe(pulses);
    expect(mistakes).toEqual([]);
  });

  it("ends when the program that opened it is killed", { timeout: 120_000 }, async () => {
    const { child, line } = program("--input-type=module", "-e", opener, "emulated:atmega328p");
    expect(await line()).toBe("up");
    const emulators = childrenOf(child.pid!);
    expect(emulators).toHaveLength(1);
    child.kill("SIGKILL");
    await until(() => emulators.every(gone));
  });

  it("outlives Ctrl-C in the terminal of its host, which idles it first", { timeout: 120_000 }, async () => {
    const { child, line } = program("--input-type=module", "-e", idler, "emulated:atmega328p");
    expect(await line()).toBe("up");
    process.kill(-child.pid!, "SIGINT");
    expect(await line()).toBe("idle");
  });

  it("says what is wrong with its URL", async () => {
    await expect(open("emulated:z80")).rejects.toMatchObject({ code: "URL_INVALID" });
    await expect(open("emulated:atmega328p?baud=3000000")).rejects.toMatchObject({
      code: "URL_INVALID",
      message: expect.stringContaining("1000000 baud at most"),
    });
  });
});
