import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { virtualClock } from "#calibration";
import { simulatedBoard } from "#drivers";
import { type CrossbarBoard, MhoError } from "#protocol";
import {
  type Conformance,
  conformanceOf,
  conformancePage,
  isDestructive,
  obligationTitles,
  verdictInWords,
} from "../../src/conformance/index.ts";
import { must } from "../../src/conformance/must.ts";
import { mho } from "../cli/captured.ts";

const small = { profile: "ideal", tiles: 1, rows: 24, cols: 24, seed: 4 } as const;
const open = (): Promise<CrossbarBoard> => simulatedBoard(small);

/** A board that differs from a good one in what `change` gives. */
async function odd(change: (good: CrossbarBoard) => Partial<CrossbarBoard>): Promise<CrossbarBoard> {
  const good = await open();
  const other = change(good);
  return new Proxy(good, {
    get: (board, name) => {
      const value = Reflect.get(name in other ? other : board, name);
      return typeof value === "function" ? value.bind(board) : value;
    },
  });
}

const held = (make: () => Promise<CrossbarBoard>, destructive = true): Promise<Conformance> =>
  conformanceOf({
    open: make,
    clock: virtualClock(),
    mho: "9.9.9",
    date: "2026-11-21T00:00:00Z",
    destructive,
  });

describe("conformance", () => {
  it("of a good board: every obligation passes, and the page says so", async () => {
    const found = await held(open);
    expect(found.findings.map(({ title }) => title)).toEqual(obligationTitles);
    expect(found.findings.filter(({ verdict }) => verdict !== "pass")).toEqual([]);
    expect(found).toMatchObject({ conforms: true, mho: "9.9.9", board: { source: "simulated" } });
    expect(verdictInWords(found)).toBe(
      `The simulated board sim-ideal-4 keeps all ${obligationTitles.length} obligations of what it offers.`,
    );
    const page = conformancePage(found);
    for (const title of obligationTitles) expect(page).toContain(title);
    expect(page).toContain(found.protocol.tableHash);
  });

  it("fails a board by what it breaks, with what was found and what was wanted", async () => {
    let ticks = 1000;
    const found = await held(() =>
      odd((good) => ({ sense: async () => ({ ...(await good.sense()), ticks: ticks-- }) })),
    );
    const broken = found.findings.filter(({ verdict }) => verdict === "fail");
    expect(broken.map(({ title }) => title)).toEqual([
      "senses a temperature and a supply, and never turns its ticks back",
    ]);
    expect(broken[0]!.why).toHaveLength(3);
    expect(broken[0]!.why[0]).toMatch(/^ticks, the second time, is 990; wanted at least 991$/);
    expect(found.conforms).toBe(false);
    expect(verdictInWords(found)).toBe(
      `The simulated board sim-ideal-4 breaks 1 of ${obligationTitles.length} obligations.`,
    );
    expect(conformancePage(found)).toContain("ticks, the second time, is 990");
  });

  it("calls marginal what is kept only at another try", async () => {
    const counted = "counts what goes over its link, on both sides";
    const only = obligationTitles.indexOf(counted);
    let opened = -1; // the first board is only looked at
    const found = await held(() =>
      odd((good) => {
        const first = opened++ === only;
        return { linkFigures: async () => (first ? Promise.reject(new Error("lost")) : good.linkFigures()) };
      }),
    );
    expect(found.findings.filter(({ verdict }) => verdict !== "pass")).toMatchObject([
      { title: counted, verdict: "marginal", why: ["lost"] },
    ]);
    expect(found.conforms).toBe(false);
    expect(verdictInWords(found)).toContain("kept 1 obligations only at a second or third try");
  });

  it("reports what it found of a board that dies on the way, and tries no more on it", async () => {
    let left = 3; // one look, two obligations
    let tried = 0;
    const found = await held(async () => {
      if (left-- > 0) return open();
      tried++;
      throw new MhoError("LINK_LOST", { url: "sim:", doing: "opening" });
    });
    expect(tried).toBe(3);
    const verdicts = found.findings.map(({ verdict }) => verdict);
    expect(verdicts.slice(0, 4)).toEqual(["pass", "pass", "fail", "notRun"]);
    expect(new Set(verdicts.slice(3))).toEqual(new Set(["notRun"]));
    expect(found.findings).toHaveLength(obligationTitles.length);
    expect(found.findings[2]!.why[0]).toContain("LINK_LOST");
    expect(found.findings[3]!.why).toEqual(["the board could not be opened any more"]);
    expect(found.conforms).toBe(false);
    expect(verdictInWords(found)).toContain("breaks 1 of");
    expect(conformancePage(found)).toContain("gone");
  });

  it("calls marginal what is kept once a board that could not be opened is back", async () => {
    let opened = 0;
    const found = await held(async () => {
      if (opened++ === 1) throw new Error("unplugged");
      return open();
    });
    expect(found.findings.map(({ verdict }) => verdict)).toEqual([
      "marginal",
      ...obligationTitles.slice(1).map(() => "pass"),
    ]);
    expect(found.findings[0]!.why).toEqual(["unplugged"]);
  });

  it("changes no cell unless it may, and says what was not run", async () => {
    const board = await open();
    await board.close();
    let pulses = 0;
    const found = await held(
      () =>
        odd(() => ({
          program: async () => {
            pulses++;
            throw new Error("pulsed");
          },
          pulse: async () => {
            pulses++;
          },
        })),
      false,
    );
    expect(pulses).toBe(0);
    for (const { title, verdict } of found.findings)
      expect(verdict).toBe(isDestructive(title) ? "notRun" : "pass");
    expect(found.conforms).toBe(false);
    expect(verdictInWords(found)).toContain("was not asked to change cells");
  });
});

describe("mho conformance", () => {
  const url = "sim:?profile=ideal&tiles=1&rows=24&cols=24";

  it("writes a document and a page, and exits with 0 where the board conforms", async () => {
    const page = join(await mkdtemp(join(tmpdir(), "mho-")), "report.html");
    const done = await mho(["conformance", "--board", url, "--html", page, "--json"]);
    expect(done.exitCode).toBe(0);
    const document = JSON.parse(done.stdout) as Conformance;
    expect(document).toMatchObject({ conforms: true, destructive: true, board: { source: "simulated" } });
    expect(document.findings).toHaveLength(obligationTitles.length);
    expect(await readFile(page, "utf8")).toContain("keeps all");
  });

  it("says where the page cannot be written", async () => {
    const done = await mho(["conformance", "--board", url, "--html", "/nowhere/report.html"]);
    expect(done.exitCode).toBe(1);
    expect(done.stderr).toContain("FILE_UNWRITABLE");
  });
});

describe("what an obligation demands", () => {
  it("is met by no NaN, and says what was found", () => {
    for (const relation of ["above", "atLeast", "below", "atMost"] as const)
      expect(() => must[relation](Number.NaN, 0, "it")).toThrow(/^it is null; wanted/);
    expect(() => must.oneOf("a", ["b", "c"], "it")).toThrow('it is "a"; wanted one of ["b","c"]');
    expect(() => must.equal([1], [2], "it")).toThrow("it is [1]; wanted equal to [2]");
    must.equal([1, { a: 2 }], [1, { a: 2 }], "it");
  });
});
