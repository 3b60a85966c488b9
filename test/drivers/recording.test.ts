import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { virtualClock } from "#calibration";
import {
  pipe,
  type Recorder,
  readRecording,
  recordedBoard,
  recorder,
  simulatorEndpoint,
  wireBoard,
} from "#drivers";
import type { MhoError } from "#protocol";
import { readRecords } from "../../drivers/recording-file.ts";

const folder = mkdtempSync(join(tmpdir(), "mho-recording-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string): string => join(folder, name);
const root = fileURLToPath(new URL("../../", import.meta.url));

const about = { mho: "0.1.0", command: ["sense"], started: "2026-11-21T15:00:00.000Z" };
const turn = (): Promise<void> => new Promise((done) => setImmediate(done));

/** Senses a simulated board so often, with a recorder on the line. */
async function recordSenses(kept: Recorder, count: number): Promise<void> {
  const [near, far] = pipe("sim:");
  void (await simulatorEndpoint({ tiles: 1, rows: 4, cols: 4 })).attach(far);
  const board = await wireBoard(kept.tap(near));
  for (let i = 0; i < count; i++) {
    await board.sense();
    await turn();
  }
  await board.close();
}

describe("a recording", () => {
  const path = file("whole.mho");
  beforeAll(async () => {
    const kept = recorder(path, about, { clock: virtualClock() });
    await recordSenses(kept, 5);
    kept.close({ exitCode: 0, document: { sensed: 5 } });
  });

  it("gives back what it was told, with the board, the mode and every request and answer", async () => {
    const { head, links, outcome, torn } = await readRecording(path);
    expect(head).toMatchObject(about);
    expect({ outcome, torn }).toEqual({ outcome: { exitCode: 0, document: { sensed: 5 } }, torn: 0 });
    expect(links).toHaveLength(1);
    const [link] = links;
    expect(recordedBoard(link!)).toMatchObject({
      uid: "sim-ideal-1",
      source: "simulated",
      protocol: { major: 1 },
    });
    const lines = (side: string, name: string) =>
      link!.messages.filter((m) => m.side === side && m.line.includes(`${name}`)).length;
    expect([lines("request", " sense"), lines("reply", "ok sense ")]).toEqual([5, 5]);
    expect(link!.messages.every(({ mode }) => mode === "binary")).toBe(true);
    expect(link!.bytes.toBoard).toBeGreaterThan(5 * 14);
  });

  it("is read up to its last whole block, wherever it was cut off", async () => {
    const whole = readFileSync(path);
    const all = await readRecords(path);
    const cut = file("cut.mho");
    const seen = new Set<number>();
    for (let length = 16; length < whole.length; length += 13) {
      writeFileSync(cut, whole.subarray(0, length));
      const { records, blocks } = await readRecords(cut);
      seen.add(blocks);
      expect(records).toEqual(all.records.slice(0, records.length));
      expect(blocks).toBeLessThan(all.blocks);
    }
    expect(seen.size).toBe(all.blocks);
    expect(all.blocks).toBeGreaterThan(5);
  });

  it("never passes for what it is not: any flipped bit breaks it, or leaves only what lies before", async () => {
    const whole = readFileSync(path);
    const all = await readRecords(path);
    const changed = file("changed.mho");
    let broken = 0;
    for (let at = 0; at < whole.length; at += 11) {
      const bytes = Buffer.from(whole);
      bytes[at]! ^= 1 << (at % 8);
      writeFileSync(changed, bytes);
      const read = await readRecords(changed).catch((error: MhoError) => error.code);
      if (read === "FILE_BROKEN") broken++;
      else if (typeof read === "object") {
        expect(read.torn).toBeGreaterThan(0);
        expect(read.records).toEqual(all.records.slice(0, read.records.length));
      } else expect(read).toBe("FILE_BROKEN");
    }
    expect(broken).toBeGreaterThan((0.9 * whole.length) / 11);
  });

  it("says how a link was lost, and that nobody lost one that was closed", async () => {
    expect((await readRecording(path)).links[0]!.lost).toBeUndefined();
    const kept = recorder(file("lost.mho"), about, { clock: virtualClock() });
    const [near, far] = pipe("sim:");
    void (await simulatorEndpoint({ tiles: 1, rows: 4, cols: 4 })).attach(far);
    const board = await wireBoard(kept.tap(near));
    await far.close();
    await expect(board.sense()).rejects.toMatchObject({ code: "LINK_LOST" });
    kept.close();
    expect((await readRecording(file("lost.mho"))).links[0]!.lost).toMatch(/link to sim: was lost/);
  });

  it("refuses blocks in another order", async () => {
    const bytes = readFileSync(path);
    const first = 8 + bytes.readUInt32LE(16);
    const second = 8 + bytes.readUInt32LE(16 + first);
    const [a, b, c] = [16, 16 + first, 16 + first + second];
    const swapped = file("swapped.mho");
    writeFileSync(
      swapped,
      Buffer.concat([bytes.subarray(0, a), bytes.subarray(b, c), bytes.subarray(a, b), bytes.subarray(c)]),
    );
    await expect(readRecords(swapped)).rejects.toMatchObject({ code: "FILE_BROKEN" });
  });
});

describe("a program that is killed while it records", () => {
  it("leaves all that had happened one turn of the event loop before", async () => {
    mkdirSync(file("test"));
    const child = file("test/killed.test.ts");
    writeFileSync(
      child,
      `import { it } from "vitest";
import { virtualClock } from "mho/calibration";
import { pipe, recorder, simulatorEndpoint, wireBoard } from "mho/drivers";
it("is killed", async () => {
  const kept = recorder(${JSON.stringify(file("killed.mho"))}, ${JSON.stringify(about)}, { clock: virtualClock() });
  const [near, far] = pipe("sim:");
  void (await simulatorEndpoint({ tiles: 1, rows: 4, cols: 4 })).attach(far);
  const board = await wireBoard(kept.tap(near));
  for (let i = 0; i < 20; i++) await board.sense();
  await new Promise((done) => setImmediate(done));
  process.kill(process.pid, "SIGKILL");
});
`,
    );
    const words = ["vitest", "run", "--root", folder, "--config", join(root, "vitest.config.ts"), child];
    await new Promise((ended) => execFile("npx", ["--no-install", ...words], { cwd: root }, ended));
    const { links, outcome, torn } = await readRecording(file("killed.mho"));
    expect({ outcome, torn }).toEqual({ outcome: undefined, torn: 0 });
    expect(links[0]!.messages.filter(({ line }) => line.includes("ok sense "))).toHaveLength(20);
  });
});

const disk = file("disk");
function mountSmallDisk(): string | undefined {
  try {
    mkdirSync(disk);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], { stdio: "ignore" });
    return undefined;
  } catch {
    return "skipped: only root can mount a small disk";
  }
}
const noDisk = mountSmallDisk();

describe.skipIf(noDisk !== undefined)(
  `a disk that fills up while it is recorded on${noDisk ? ` (${noDisk})` : ""}`,
  () => {
    afterAll(() => execFileSync("umount", [disk]));

    it("is told of once, does not disturb the session, and leaves whole blocks", async () => {
      const path = join(disk, "session.mho");
      const told: MhoError[] = [];
      const kept = recorder(path, about, {
        clock: virtualClock(),
        onFailure: (failure) => told.push(failure),
      });
      await recordSenses(kept, 400);
      kept.close({ exitCode: 0, document: null });
      expect(told.map(({ code }) => code)).toEqual(["RECORDING_STOPPED"]);
      expect(told[0]!.message).toMatch(/ENOSPC/);
      expect(kept.failure).toBe(told[0]);
      const { links, outcome, torn } = await readRecording(path);
      expect({ outcome, torn }).toEqual({ outcome: undefined, torn: 0 });
      const answers = links[0]!.messages.filter(({ line }) => line.includes("ok sense ")).length;
      expect(answers).toBeGreaterThan(50);
      expect(answers).toBeLessThan(400);
      expect(told[0]!.facts.kept).toBe(readFileSync(path).length);
    });
  },
);
