import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RecordingFile, readRecords } from "../../drivers/recording-file.ts";
import { rerun } from "../../src/cli/index.ts";
import { mho } from "./captured.ts";

const folder = mkdtempSync(join(tmpdir(), "mho-record-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string): string => join(folder, name);

const board = "sim:?seed=5&profile=hfox-tsinghua";
const model = "assets/models/digits.mho";
const digits = "docs/examples/three-digits.npy";
const infer = ["infer", model, "--input", digits, "--samples", "5", "--json"];
let first: { exitCode: number; stdout: string; stderr: string };
beforeAll(async () => {
  first = await mho(["record", "-o", file("infer.mho"), "--", ...infer, "--board", board]);
});

describe("mho record", () => {
  it("leaves the recorded command's result as it is, and says on stderr what it kept", async () => {
    expect(first.exitCode).toBe(0);
    expect(JSON.parse(first.stdout)).toEqual(JSON.parse((await mho([...infer, "--board", board])).stdout));
    expect(first.stderr).toMatch(/infer\.mho: 1 link, \d+ messages, [\d.]+ MB/);
  });

  it("never writes over a recording", async () => {
    const again = await mho(["record", "-o", file("infer.mho"), "--", "board"]);
    expect(again).toMatchObject({ exitCode: 1, stdout: "" });
    expect(again.stderr).toContain("it is there already, and is not written over");
  });

  it("passes on the exit code and the error of the command", async () => {
    const { exitCode, stderr } = await mho([
      "record",
      "-o",
      file("fails.mho"),
      "--",
      "infer",
      "nowhere.mho",
      "--input",
      digits,
    ]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("FILE_UNREADABLE");
    expect((await mho(["record", "-o", file("wrong.mho"), "--", "bord"])).exitCode).toBe(2);
  });

  it("is shown by inspect: board, source, mode, messages, bytes and how it ended", async () => {
    const { exitCode, stdout } = await mho(["inspect", file("infer.mho"), "--json"]);
    expect(exitCode).toBe(0);
    const shown = JSON.parse(stdout);
    expect(shown).toMatchObject({
      kind: "recording",
      command: [...infer, "--board", board],
      whole: true,
      outcome: { exitCode: 0 },
      links: [{ url: board, modes: ["binary"], board: { source: "simulated", profile: "hfox-tsinghua" } }],
    });
    const { messages } = (
      shown.links as { messages: Record<string, { requests: number; replies: number }> }[]
    )[0]!;
    expect(messages.hello).toMatchObject({ requests: 1, replies: 1 });
    expect(messages.idle?.replies).toBeGreaterThan(0);
    const inWords = (await mho(["inspect", file("infer.mho")])).stdout;
    expect(inWords).toContain("simulated board sim-hfox-tsinghua-5");
    expect(inWords).toContain("ended with exit code 0");
  });
});

describe("a replay", () => {
  const replay = `replay:${file("infer.mho")}`;

  it("gives the same predictions to the last bit, as a replay of a simulated board", async () => {
    const { exitCode, stdout, stderr } = await mho([...infer, "--board", replay]);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    const recorded = JSON.parse(first.stdout);
    expect(JSON.parse(stdout)).toEqual({ ...recorded, board: { ...recorded.board, replay: true } });
    expect(stderr).toContain("nothing here is measured now");
  });

  it("names a request that was never made, and the nearest one that was", async () => {
    const seven = [...infer.slice(0, 4), "--samples", "7", "--json", "--board", replay];
    const { exitCode, stdout } = await mho(seven);
    expect(exitCode).toBe(1);
    const { error } = JSON.parse(stdout);
    expect(error.code).toBe("NOT_RECORDED");
    expect(error.says).toMatch(
      /holds no answer to \w+ .*: the nearest that was asked then has \w+=\S+ not \w+=/,
    );
  });

  it("says what cannot be replayed: a file that is no recording, and none", async () => {
    expect((await mho(["board", "--board", `replay:${model}`])).stderr).toContain("FILE_BROKEN");
    expect((await mho(["board", "--board", "replay:/nowhere.mho"])).stderr).toContain("FILE_UNREADABLE");
  });

  it("says where a recording is of another message table", async () => {
    const old = await withHead("old.mho", { tableHash: 0x0badc0de });
    const [{ stderr: ofOld }, { stderr: ofOurs }] = [
      await mho([...infer, "--board", `replay:${old}`]),
      await mho([...infer, "--board", `replay:${file("infer.mho")}`]),
    ];
    expect(ofOld).toMatch(/message table 0badc0de, this mho has [0-9a-f]{8}/);
    expect(ofOurs).not.toContain("message table");
  });

  it("is no board to certify", async () => {
    const { exitCode, stderr } = await mho(["conformance", "--board", `replay:${file("infer.mho")}`]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("OPTION_INVALID");
  });

  it("answers in text mode what was asked in binary mode", async () => {
    await mho(["record", "-o", file("board.mho"), "--", "board", "--board", board]);
    const { exitCode, stdout } = await mho(["console", "--board", `replay:${file("board.mho")}`], {
      typed: ["info", "sense"],
    });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/ok hello .*uid=sim-hfox-tsinghua-5[\s\S]*ok sense temperature=/);
  });

  it("answers in binary mode what was typed in text mode", async () => {
    const recorded = await mho(["record", "-o", file("typed.mho"), "--", "console", "--board", board], {
      typed: ["info", "sense", "linkFigures"],
    });
    expect(recorded.exitCode).toBe(0);
    const { exitCode, stdout, stderr } = await mho([
      "board",
      "--json",
      "--board",
      `replay:${file("typed.mho")}`,
    ]);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(JSON.parse(stdout)).toMatchObject({
      url: expect.stringMatching(/^replay:/),
      descriptor: { source: "simulated" },
    });
  });
});

const root = fileURLToPath(new URL("../../", import.meta.url));
/** Runs vitest on a file outside the project, with the project's configuration. */
function vitest(path: string): Promise<{ exitCode: number; output: string }> {
  const words = ["vitest", "run", "--root", folder, "--config", join(root, "vitest.config.ts"), path];
  return new Promise((done) =>
    execFile("npx", ["--no-install", ...words], { cwd: root }, (error, stdout, stderr) =>
      done({ exitCode: error ? Number(error.code) : 0, output: stdout + stderr }),
    ),
  );
}

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
  `mho record on a disk that fills up${noDisk ? ` (${noDisk})` : ""}`,
  () => {
    afterAll(() => execFileSync("umount", [disk]));

    it("finishes the command, says once what is missing, and ends with 1", async () => {
      const path = join(disk, "infer.mho");
      const { exitCode, stdout, stderr } = await mho([
        "record",
        "-o",
        path,
        "--",
        ...infer,
        "--board",
        board,
      ]);
      expect(exitCode).toBe(1);
      expect(JSON.parse(stdout)).toEqual(JSON.parse(first.stdout));
      expect(stderr.match(/RECORDING_STOPPED/g)).toHaveLength(1);
      const shown = JSON.parse((await mho(["inspect", path, "--json"])).stdout);
      expect(shown).toMatchObject({ kind: "recording", whole: false, torn: 0, outcome: null });
      expect(shown.links[0].messages.hello.replies).toBe(1);
    });
  },
);

/** The recording of `first`, as if another command had made it. */
async function withHead(name: string, changed: Readonly<Record<string, unknown>>): Promise<string> {
  const { records } = await readRecords(file("infer.mho"));
  const other = new RecordingFile(file(name));
  for (const record of records) {
    const head = record.kind === "head" && JSON.parse(Buffer.from(record.bytes).toString());
    other.append(head ? { ...record, bytes: Buffer.from(JSON.stringify({ ...head, ...changed })) } : record);
  }
  other.close();
  return file(name);
}

describe("a recorded command that is run again", () => {
  it("comes to the recorded outcome, and asks all that was asked", async () => {
    const { exitCode, document, unasked } = await rerun(file("infer.mho"));
    expect({ exitCode, unasked }).toEqual({ exitCode: 0, unasked: [] });
    expect(document).toEqual(JSON.parse(first.stdout));
  });

  it("fails where it now asks otherwise", async () => {
    const seven = infer.map((word) => (word === "5" ? "7" : word));
    const { exitCode, output } = await rerun(await withHead("seven.mho", { command: seven }));
    expect(exitCode).toBe(1);
    expect(output).toContain("NOT_RECORDED");
  });

  it("shows what it no longer asks", async () => {
    const { exitCode, unasked } = await rerun(await withHead("less.mho", { command: ["console"] }));
    expect(exitCode).toBe(0);
    expect(unasked.length).toBeGreaterThan(10);
    expect(unasked[0]).toMatch(/^(program|readCells) /);
  });
});

describe("mho record --emit-test", () => {
  it("writes a test that passes, and that fails once the code or the recording is another", {
    timeout: 120_000,
  }, async () => {
    mkdirSync(file("test"));
    const emitted = file("test/board.test.ts");
    const recorded = await mho(["record", "--emit-test", emitted, "--", "board", "--board", board]);
    expect({ exitCode: recorded.exitCode, stderr: recorded.stderr }).toMatchObject({ exitCode: 0 });
    const recording = file("test/board.mho");
    expect(existsSync(recording)).toBe(true);
    expect(await vitest(emitted)).toMatchObject({ exitCode: 0, output: expect.stringContaining("1 passed") });

    const text = readFileSync(emitted, "utf8");
    const otherText = text.replace(/"rows": \d+/, '"rows": 7');
    expect(otherText).not.toBe(text);
    writeFileSync(emitted, otherText);
    expect(await vitest(emitted)).toMatchObject({ exitCode: 1 });
    writeFileSync(emitted, text);

    const bytes = readFileSync(recording);
    const changed = Buffer.from(bytes);
    changed[changed.indexOf("ok sense temperature=") + 21]! ^= 1;
    writeFileSync(recording, changed);
    const broken = await vitest(emitted);
    expect(broken.exitCode).toBe(1);
    expect(broken.output).toContain("was changed after it was written");
  });
});
