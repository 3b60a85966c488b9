import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  importProblems,
  nameProblems,
  type Source,
  sizeProblems,
  worldProblems,
} from "./architecture/rules.ts";

const product = ["firmware-protocol", "calibration", "drivers", "src", "scripts", "bench"];

function sourcesIn(folders: readonly string[]): Source[] {
  const root = new URL("../", import.meta.url);
  return folders
    .filter((folder) => existsSync(new URL(folder, root)))
    .flatMap((folder) =>
      readdirSync(new URL(folder, root), { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".ts"))
        .map((name) => `${folder}/${name}`)
        .map((path) => ({ path, text: readFileSync(new URL(path, root), "utf8") })),
    );
}
const sources = sourcesIn(product);
const everything = [...sources, ...sourcesIn(["test", "hil"])];
const planted = (path: string, text: string): Source => ({ path, text });

describe("the arrows between folders", () => {
  it("are kept by every file", () => expect(sources.flatMap(importProblems)).toEqual([]));

  it.each([
    [
      "a stage that opens a port",
      "src/deploy/deploy.ts",
      `import { open } from "#drivers";`,
      "src/deploy may not reach drivers",
    ],
    [
      "an earlier stage that knows a later one",
      "src/model/pt.ts",
      `import { map } from "../mapping/index.ts";`,
      "src/model may not reach src/mapping",
    ],
    [
      "data sets that know the model",
      "src/datasets/idx.ts",
      `import { normalise } from "../model/index.ts";`,
      "src/datasets may not reach src/model",
    ],
    [
      "a reach past a face",
      "src/mapping/map.ts",
      `import { pair } from "../model/types.ts";`,
      "src/model has one face",
    ],
    [
      "a way round a door",
      "src/mapping/map.ts",
      `import { crc } from "../../firmware-protocol/index.ts";`,
      "reached through its # door",
    ],
    [
      "a calibration that drives boards",
      "calibration/fit.ts",
      `import { pipe } from "#drivers";`,
      "calibration may not reach drivers",
    ],
    [
      "a protocol with dependencies",
      "firmware-protocol/frame.ts",
      `import { readFileSync } from "node:fs";`,
      "may use zod only",
    ],
    [
      "a driver that knows the CLI",
      "drivers/tcp.ts",
      `export { run } from "../src/cli/index.ts";`,
      "drivers may not reach src/cli",
    ],
    [
      "a command line that leans on tests",
      "src/cli/demo.ts",
      `const t = await import("../../test/shapes.ts");`,
      "src/cli may not reach test",
    ],
    ["a folder the table does not know", "src/extras/x.ts", `import "zod";`, "has no row"],
  ])("catch %s", (_, path, text, problem) =>
    expect(importProblems(planted(path, text)).join()).toContain(problem),
  );

  it("let a stage use an earlier one through its face", () =>
    expect(
      importProblems(
        planted(
          "src/mapping/map.ts",
          `import type { BayesianModel } from "../model/index.ts"; import "#calibration";`,
        ),
      ),
    ).toEqual([]));
});

describe("the size of files", () => {
  it("is at most 300 lines, tests too", () => expect(everything.flatMap(sizeProblems)).toEqual([]));
  it("is noticed at 301", () => {
    expect(sizeProblems(planted("src/cli/x.ts", "a\n".repeat(300)))).toEqual([]);
    expect(sizeProblems(planted("src/cli/x.ts", "a\n".repeat(301)))).toEqual([
      "src/cli/x.ts has 301 lines; 300 is the most",
    ]);
  });
});

describe("names", () => {
  it("are words of the field", () => expect(sources.flatMap(nameProblems)).toEqual([]));

  it.each([
    ["a file", "src/model/utils.ts", "", "no folder or file is called utils.ts"],
    ["a class", "drivers/x.ts", "class SessionManager {}", `declares SessionManager: "manager"`],
    ["a function", "drivers/x.ts", "function processFrame() {}", `declares processFrame: "process"`],
    ["a constant", "drivers/x.ts", "const frameData = 1;", `declares frameData: "data"`],
  ])("that say nothing are caught in %s", (_, path, text, problem) =>
    expect(nameProblems(planted(path, text)).join()).toContain(problem),
  );

  it("may hold such a word inside another, or speak of Node's own process", () =>
    expect(
      nameProblems(planted("src/datasets/idx.ts", "const database = process.env; // a data helper")),
    ).toEqual([]));
});

describe("chance, time and printing", () => {
  it("are passed in everywhere but in the CLI and the real clock", () =>
    expect(sources.flatMap(worldProblems)).toEqual([]));

  it.each([
    "Math.random()",
    "Date.now()",
    "performance.now()",
    "setTimeout(f, 1)",
    "console.log(1)",
    "new Date()",
    "setInterval(f, 1)",
  ])("are caught at %s", (text) =>
    expect(worldProblems(planted("drivers/session.ts", `const x = ${text};`))).toHaveLength(1),
  );
  it("leave the real clock its timer, but give chance to nobody", () => {
    expect(worldProblems(planted("calibration/clock.ts", "setTimeout(f, performance.now())"))).toEqual([]);
    expect(worldProblems(planted("src/cli/demo.ts", "Math.random()"))).toHaveLength(1);
  });
  it("do not mistake a comment or a parsed date for the clock", () =>
    expect(
      worldProblems(planted("src/model/x.ts", "/* Date.now() */ const d = new Date(0), s = 'console.log';")),
    ).toEqual([]));
});
