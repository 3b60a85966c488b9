import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { blocksOf, commandLines } from "./docs/blocks.ts";
import { runLines } from "./docs/shell.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const pages = [
  "README.md",
  ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md") && !name.startsWith("api/"))
    .map((name) => `docs/${name}`),
];
const blocks = pages.flatMap((page) => blocksOf(page, readFileSync(join(root, page), "utf8")));

/** A folder that looks like the project's root to a command, and takes what it writes. */
const folder = mkdtempSync(join(tmpdir(), "mho-docs-"));
for (const name of ["assets", "docs", "profiles", "node_modules", "package.json"])
  symlinkSync(join(root, name), join(folder, name));
/** Examples lie inside the project, so that they find its packages; git and npm pass this folder by. */
const examples = join(root, "coverage", "examples");
mkdirSync(examples, { recursive: true });
const programs = blocks
  .filter(({ language }) => language === "ts")
  .map((block) => ({ ...block, file: join(examples, `${block.page.replace(/\W/g, "-")}-${block.line}.ts`) }));
for (const { file, text } of programs) writeFileSync(file, text);

beforeAll(() => process.chdir(folder));
afterAll(() => {
  process.chdir(root);
  rmSync(folder, { recursive: true, force: true });
  rmSync(examples, { recursive: true, force: true });
});

describe("the commands in the documentation", () => {
  const shell = blocks.filter(({ language, text }) => language === "sh" && commandLines(text).length > 0);
  it("are there", () => expect(shell.length).toBeGreaterThan(3));
  it.each(shell)("$page line $line runs", async ({ text }) => {
    for (const { line, exitCode, stderr } of await runLines(commandLines(text)))
      expect({ line, exitCode, stderr }).toMatchObject({ line, exitCode: 0 });
  });
});

/** Paths of the package's entries in the sources, by the table in package.json. */
function entryPaths(): Record<string, string[]> {
  const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    exports: Record<string, { types?: string }>;
  };
  return Object.fromEntries(
    Object.entries(exports).flatMap(([entry, { types }]) =>
      types === undefined
        ? []
        : [[`mho${entry.slice(1)}`, [join(root, types.replace("./dist/", "").replace(".d.ts", ".ts"))]]],
    ),
  );
}

describe("the programs in the documentation", () => {
  it("satisfy the type-checker", () => {
    const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile) as {
      config: { compilerOptions: object };
    };
    const { options } = ts.convertCompilerOptionsFromJson(
      { ...config.compilerOptions, paths: entryPaths() },
      root,
    );
    const program = ts.createProgram(
      programs.map(({ file }) => file),
      options,
    );
    const problems = ts
      .getPreEmitDiagnostics(program)
      .filter(({ file }) => file?.fileName.startsWith(examples));
    expect(
      problems.map(
        ({ messageText, file }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
      ),
    ).toEqual([]);
  });

  for (const { page, line, file, text } of programs) {
    // A block that is a test file itself registers its tests here.
    if (/from "vitest"|boardContract/.test(text))
      describe(`${page} line ${line}`, async () => void (await import(/* @vite-ignore */ file)));
    else it(`${page} line ${line} runs`, async () => void (await import(/* @vite-ignore */ file)));
  }
});

describe("links between the pages", () => {
  it.each(pages)("of %s lead somewhere", (page) => {
    const text = readFileSync(join(root, page), "utf8").replace(/```[\s\S]*?```/g, "");
    const targets = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map((match) => match[1]!);
    const here = join(root, page, "..");
    const missing = targets.filter(
      (target) => !ts.sys.fileExists(join(here, target)) && !ts.sys.directoryExists(join(here, target)),
    );
    expect(missing).toEqual([]);
  });
});
