import { once } from "node:events";
import { mkdtempSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { commands } from "../../src/cli/commands/index.ts";
import { run } from "../../src/cli/run.ts";
import { captured, mho } from "./captured.ts";

const folder = mkdtempSync(join(tmpdir(), "mho-boards-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs `mho sim` while `work` uses its URL, then stops it as Ctrl-C would. */
async function served(words: readonly string[], work: (url: string) => Promise<void>): Promise<number> {
  const stop = new AbortController();
  const listening = new AbortController();
  const terminal = captured({ signal: stop.signal, onOut: () => listening.abort() });
  const running = run(["sim", "--json", ...words], terminal, commands(terminal));
  await Promise.race([once(listening.signal, "abort"), running]);
  try {
    await work((JSON.parse(terminal.stdout()) as { url: string }).url);
  } finally {
    stop.abort();
  }
  return running;
}

const small = "sim:?seed=5&profile=hfox-tsinghua";
const demo = async (url: string): Promise<unknown> => {
  const { exitCode, stdout, stderr } = await mho([
    "demo",
    "--json",
    "--samples",
    "10",
    "--seed",
    "3",
    "--board",
    url,
  ]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  return JSON.parse(stdout);
};

describe("the demo", () => {
  it("gives the same predictions, bit for bit, in process, over TCP and over a serial line", async () => {
    const inProcess = await demo(small);
    expect(
      await served(["--listen", "127.0.0.1:0", "--board", small], async (url) =>
        expect(await demo(url)).toEqual(inProcess),
      ),
    ).toBe(130);
    expect(
      await served(["--pty", "--board", small], async (url) => expect(await demo(url)).toEqual(inProcess)),
    ).toBe(130);
  });
});

interface Shown {
  readonly label: number | null;
  readonly class: number;
  readonly predictiveEntropy: number;
  readonly abstains: boolean;
}

describe("what the demo shows", () => {
  it("is digits read rightly, and three strange inputs that are all less certain and on which it abstains", async () => {
    const { stdout } = await mho(["demo", "--json"]);
    const { shown, digits, board } = JSON.parse(stdout) as {
      shown: Shown[];
      digits: { accuracy: number };
      board: { source: string };
    };
    const [known, strange] = [
      shown.filter(({ label }) => label !== null),
      shown.filter(({ label }) => label === null),
    ];
    expect(board.source).toBe("simulated");
    // 0.98 on the 10 000 test images; 300 of them, standard error 0.008.
    expect(digits.accuracy).toBeGreaterThan(0.98 - 4 * 0.008);
    expect(known.map((each) => each.class)).toEqual(known.map((each) => each.label));
    expect(strange.map(({ abstains }) => abstains)).toEqual([true, true, true]);
    const most = Math.max(...known.map((each) => each.predictiveEntropy));
    for (const each of strange) expect(each.predictiveEntropy).toBeGreaterThan(most);
  });

  it("is drawn in ASCII without colour, two panels in a row, no line wider than the terminal", async () => {
    const { stdout } = await mho(["demo", "--samples", "5"], { columns: 80 });
    expect(stdout).toContain("simulated board (profile hfox-tsinghua)");
    expect(stdout).toMatch(/says 7 .*noise .*abstains/);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(stdout).not.toContain("\x1b");
  });
});

describe("mho sim", () => {
  it("links its tty where it was asked to, and takes the link away at the end", async () => {
    const link = join(folder, "board");
    await served(["--pty", "--link", link], async (url) => {
      expect(readlinkSync(link)).toMatch(/^\/dev\//);
      expect(url).toContain(link);
      expect((await mho(["board", "--board", `pty:${link}`])).exitCode).toBe(0);
    });
    expect(() => readlinkSync(link)).toThrow(/ENOENT/);
  });
});

describe("mho board", () => {
  it("describes the board of a profile as JSON, with nothing else on stdout", async () => {
    const { stdout } = await mho([
      "board",
      "--json",
      "--board",
      "sim:?profile=ideal&tiles=3&rows=32&cols=16&adcBits=9",
    ]);
    expect(JSON.parse(stdout)).toMatchObject({
      descriptor: { source: "simulated", profile: "ideal", tiles: 3, rows: 32, cols: 16, adc: { bits: 9 } },
      condition: { idle: true },
    });
  });
});

describe("mho console", () => {
  it("shows what the board answers to lines that are piped in, one after the other", async () => {
    const { exitCode, stdout } = await mho(["console"], { typed: ["info", "", "readCells 0 3 7", "sense"] });
    expect(exitCode).toBe(0);
    const answers = stdout.split("\n").filter((line) => line.startsWith("ok "));
    expect(answers.map((line) => line.split(" ")[1])).toEqual(["hello", "readCells", "sense"]);
  });
  it("with --json is one document of all that the board said, which stderr shows as it comes", async () => {
    const { exitCode, stdout, stderr } = await mho(["console", "--json"], { typed: ["readCells 0 3 7"] });
    const document = JSON.parse(stdout) as { board: string; said: string[] };
    expect({ exitCode, board: document.board }).toEqual({ exitCode: 0, board: "sim:" });
    expect(document.said.at(-1)).toBe("ok readCells conductances=0");
    for (const line of document.said) expect(stderr).toContain(`board: ${line}\n`);
  });
  it("leaves no timer behind that would keep the program up after its last line", async () => {
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
    const before = timers();
    await mho(["console"], { typed: ["sense", "sense"] });
    // A timer of an earlier test may end meanwhile; none is added.
    expect(timers()).toBeLessThanOrEqual(before);
  });
  it("passes on a refusal, and goes on", async () => {
    const { exitCode, stdout } = await mho(["console"], { typed: ["readCells 99 0 0", "ping"] });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/error outOfArray[\s\S]*ok ping/);
  });
});
