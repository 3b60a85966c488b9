import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { relativeError } from "../calibration/circuits.ts";
import { mho } from "./captured.ts";

const folder = mkdtempSync(join(tmpdir(), "mho-solve-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const oracle = fileURLToPath(new URL("../../../shared/data/irdrop/", import.meta.url));
const files = existsSync(oracle) ? readdirSync(oracle).filter((name) => name.endsWith(".json")) : [];

interface Solved {
  readonly cases: readonly { readonly I: readonly number[][] }[];
}
const divider = {
  m: 1,
  n: 2,
  G_uS: [[1000, 0]],
  V: [[0.2]],
  cases: [{ r_wl: 0, r_bl: 0, r_src: 500, r_out: 500 }],
};
function written(document: unknown): string {
  const path = join(folder, "circuit.json");
  writeFileSync(path, typeof document === "string" ? document : JSON.stringify(document));
  return path;
}

describe.skipIf(files.length === 0)("mho solve --json (skipped without ../shared/data/irdrop)", () => {
  it.each(files)("gives every current of %s to 1e-9 of the largest", async (file) => {
    const wanted = JSON.parse(readFileSync(join(oracle, file), "utf8")) as Solved;
    const { exitCode, stdout, stderr } = await mho(["solve", join(oracle, file), "--json"]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    const found = JSON.parse(stdout) as Solved;
    expect(found.cases).toHaveLength(wanted.cases.length);
    for (const [at, { I }] of wanted.cases.entries())
      for (const [k, currents] of I.entries())
        expect(relativeError(found.cases[at]!.I[k]!, currents)).toBeLessThan(1e-9);
  });
});

describe("mho solve", () => {
  it("shows currents and what the lines take: 100 µA of 200 µA through 1 kΩ between two of 500 Ω", async () => {
    const { exitCode, stdout } = await mho(["solve", written(divider)]);
    expect(exitCode).toBe(0);
    expect(stdout.split("\n")).toEqual([
      "case 0: word line 0 Ω, bit line 0 Ω a segment; driver 500 Ω, sense 500 Ω",
      "column  vector 0  loss",
      "0       100 µA    50.00 %",
      "1       0 A       –",
      "",
    ]);
  });

  it.each([
    ["what is no JSON", "{ m: 1 }", /no JSON/],
    ["a circuit without cases", { ...divider, cases: [] }, /cases/],
    ["a case without bit lines", { ...divider, cases: [{ r_wl: 1 }] }, /r_bl/],
    ["a negative line resistance", { ...divider, cases: [{ r_wl: -1, r_bl: 1 }] }, /r_wl/],
    ["rows that m does not count", { ...divider, m: 2 }, /1 rows; m × n is 2 × 2/],
    ["a row of another length", { ...divider, G_uS: [[1]] }, /row 0 of 1 devices; m × n is 1 × 2/],
    [
      "a vector of another length",
      { ...divider, V: [[0.2], [0.1, 0.1]] },
      /vector 1 of V holds 2 voltages for 1 word lines/,
    ],
    ["a negative conductance", { ...divider, G_uS: [[10, -1]] }, /row 0, column 1 has -0.000001 S/],
    ["a conductance that is no number", { ...divider, G_uS: [[10, null]] }, /G_uS/],
  ])("refuses %s and names it", async (_, document, says) => {
    const { exitCode, stdout, stderr } = await mho(["solve", written(document)]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toMatch(/^CIRCUIT_INVALID/);
    expect(stderr).toMatch(says);
  });

  it("refuses a file that is not there", async () => {
    const { exitCode, stderr } = await mho(["solve", join(folder, "nowhere.json")]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^FILE_UNREADABLE/);
  });
});
