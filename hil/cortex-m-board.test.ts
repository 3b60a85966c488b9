import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { wireBoard } from "#drivers";
import { volts } from "#protocol";
import { emulateInQemu } from "./emulators/emulate.ts";
import { lacking } from "./virtual-board.ts";

const missing = lacking("arm-none-eabi-gcc") ?? lacking("qemu-system-arm");
const url = "emulated:mps2-an386";
const folders = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith("mho-qemu-"));
const alive = (pid: number): boolean => existsSync(`/proc/${pid}`);

/** A program that starts the child that QEMU would be, the way we start QEMU, and says its number. */
const parent = `
  const { spawn } = require("node:child_process");
  const child = spawn("setpriv", ["--pdeathsig", "KILL", "--", "sleep", "600"], { stdio: "ignore" });
  child.on("spawn", () => console.log(child.pid));
  setInterval(() => {}, 1000);`;

async function ended(pid: number): Promise<void> {
  while (alive(pid)) await new Promise((resolve) => setImmediate(resolve));
}

describe.skipIf(missing)("a board in QEMU", () => {
  it("ends with its transport, and needs no file while it runs", async () => {
    const before = folders();
    const { transport, child } = (await emulateInQemu(url))!;
    expect(folders().filter((name) => !before.includes(name))).toEqual([]);
    const board = await wireBoard(transport);
    expect(board.descriptor).toMatchObject({ source: "emulated", uid: "mps2-an386-emulated-1" });
    await board.close();
    expect(alive(child.pid!)).toBe(false);
    await board.close();
  });

  it("is lost to its host when QEMU dies", async () => {
    const { transport, child } = (await emulateInQemu(url))!;
    const board = await wireBoard(transport);
    child.kill("SIGKILL");
    await expect(board.sense()).rejects.toMatchObject({ code: "LINK_LOST" });
    await board.close();
  });

  it("gives a pulse at its limits, and none above", async () => {
    const { transport, front } = (await emulateInQemu(url))!;
    const board = await wireBoard(transport);
    const { pulseVoltage, pulseWidth } = board.descriptor.limits;
    const cell = { tile: 1, row: 2, col: 3 };
    await board.pulse(cell, "set", pulseVoltage, pulseWidth);
    await expect(board.pulse(cell, "set", volts(pulseVoltage + 1), pulseWidth)).rejects.toMatchObject({
      code: "BOARD_REFUSED",
    });
    await board.sense();
    expect([front.pulses, front.mistakes, front.safe]).toEqual([1, [], true]);
    await board.close();
  });
});

describe.skipIf(lacking("setpriv"))("a child started as QEMU is", () => {
  it("is ended by the kernel when its parent is killed", async () => {
    const program: ChildProcess = spawn(process.execPath, ["-e", parent]);
    const [line] = (await once(program.stdout!, "data")) as [Buffer];
    const pid = Number(line.toString());
    expect(alive(pid)).toBe(true);
    program.kill("SIGKILL");
    await ended(pid);
    expect(alive(pid)).toBe(false);
  });
});
