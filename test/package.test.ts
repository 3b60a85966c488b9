import { execFileSync, spawnSync } from "node:child_process";
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { blocksOf } from "./docs/blocks.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "mho-package-"));
const user = join(folder, "user");
const quiet: { encoding: "utf8"; stdio: ("ignore" | "pipe")[] } = {
  encoding: "utf8",
  stdio: ["ignore", "pipe", "pipe"],
};
let tarball = "";
let files: string[] = [];
let installed: { status: number | null; stderr: string };

/** npm says so where it can neither reach the registry nor find a package in its cache. */
const offline = /ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ENOTCACHED/;

interface Problem {
  readonly resolutionOption?: string;
  readonly resolutionKind?: string;
}
interface Attw {
  readonly analysis: { readonly entrypoints: object };
  readonly problems: Readonly<Record<string, readonly Problem[]>>;
}
const resolutionOf = ({ resolutionOption, resolutionKind }: Problem): string =>
  resolutionKind ?? resolutionOption ?? "";

beforeAll(() => {
  const packed = execFileSync("npm", ["pack", "--json", "--pack-destination", folder], {
    ...quiet,
    cwd: root,
  });
  const [entry] = JSON.parse(packed.slice(packed.indexOf("["))) as [
    { filename: string; files: { path: string }[] },
  ];
  tarball = join(folder, entry.filename);
  files = entry.files.map((file) => file.path);
  mkdirSync(user);
  writeFileSync(
    join(user, "package.json"),
    `{ "name": "user", "version": "1.0.0", "private": true, "type": "module" }`,
  );
  const flags = ["--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"];
  installed = spawnSync("npm", ["install", ...flags, tarball], { ...quiet, cwd: user });
}, 240_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly optionalDependencies?: object; readonly hasInstallScript?: true }>
  >;
}
const lockIn = (place: string): Lock =>
  JSON.parse(readFileSync(join(place, "package-lock.json"), "utf8")) as Lock;

describe("the lock file", () => {
  // npm leaves out platforms whose packages its registry lacks, and then `npm ci` refuses the lock everywhere.
  it("holds every package for another platform that a package may ask for", () => {
    const { packages } = lockIn(root);
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !packages[`node_modules/${name}`] && !packages[`${path}/node_modules/${name}`],
      ),
    );
    expect(missing).toEqual([]);
  });
});

describe("the packed package", () => {
  it("holds the built code, the assets and the board profiles, and no sources or tests", () => {
    for (const wanted of [
      "dist/src/cli/main.js",
      "dist/src/index.d.ts",
      "profiles/ideal.json",
      "LICENSE",
      "README.md",
    ])
      expect(files).toContain(wanted);
    expect(files.some((file) => file.startsWith("assets/models/"))).toBe(true);
    expect(files.filter((file) => /^(src|test|hil|bench|scripts)\//.test(file))).toEqual([]);
  });

  it("satisfies publint", () => {
    const { status, stdout, stderr } = spawnSync("npx", ["publint", "run", tarball, "--strict"], {
      ...quiet,
      cwd: root,
    });
    expect(`${stdout}${stderr}`).toContain("All good");
    expect(status).toBe(0);
  });

  it("resolves with types from every entry as ESM does, by attw", () => {
    // Into a file: attw ends before a pipe has taken all of its report.
    const found = join(folder, "attw.json");
    spawnSync("npx", ["attw", "--format", "json", tarball], {
      cwd: root,
      stdio: ["ignore", openSync(found, "w"), "inherit"],
    });
    const { analysis, problems } = JSON.parse(readFileSync(found, "utf8")) as Attw;
    expect(Object.keys(analysis.entrypoints)).toHaveLength(6);
    // The profile esm-only: CommonJS and Node before 12.7 are not served, and their problems are none.
    const served = Object.values(problems)
      .flat()
      .filter((problem) => !["node10", "node16-cjs"].includes(resolutionOf(problem)));
    expect(served).toEqual([]);
  });
});

describe("the installed package", () => {
  const needsInstall = (skip: (reason: string) => void): void => {
    if (installed.status !== 0 && offline.test(installed.stderr))
      skip("no registry in reach and the npm cache is incomplete");
    expect(installed.stderr).not.toContain("npm error");
  };

  it("gives each entry its main functions", ({ skip }) => {
    needsInstall(skip);
    const program = `
      import { open, importModel, map, deploy, infer, evaluate } from "mho";
      import { messages } from "mho/protocol";
      import { loadProfile } from "mho/calibration";
      import { simulatedBoard } from "mho/drivers";
      const faces = [open, importModel, map, deploy, infer, evaluate, loadProfile, simulatedBoard];
      console.log(faces.every((face) => typeof face === "function"), messages.hello.id, (await loadProfile("ideal")).name);`;
    writeFileSync(join(user, "faces.js"), program);
    expect(execFileSync("node", ["faces.js"], { ...quiet, cwd: user }).trim()).toBe("true 1 ideal");
  });

  it("lets a user's own vitest suite test boards", ({ skip }) => {
    needsInstall(skip);
    const [example] = blocksOf("docs/testing.md", readFileSync(join(root, "docs/testing.md"), "utf8"));
    writeFileSync(join(user, "board.test.ts"), example!.text);
    symlinkSync(join(root, "node_modules/vitest"), join(user, "node_modules/vitest"));
    const vitest = join(root, "node_modules/vitest/vitest.mjs");
    const { status, stdout } = spawnSync("node", [vitest, "run", "--root", user, "--reporter=json"], {
      ...quiet,
      cwd: user,
    });
    expect(JSON.parse(stdout)).toMatchObject({ numPassedTests: 1, numFailedTests: 0 });
    expect(status).toBe(0);
  });

  it("puts a mho command on the path that finds its own assets", ({ skip }) => {
    needsInstall(skip);
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
    expect(execFileSync("npx", ["mho", "--version"], { ...quiet, cwd: user }).trim()).toBe(version);
    const demo = JSON.parse(execFileSync("npx", ["mho", "demo", "--json"], { ...quiet, cwd: user })) as {
      board: { source: string };
    };
    expect(demo.board.source).toBe("simulated");
  });

  it("says so, without a stack, where its result cannot be written, and ends with 1", ({ skip }) => {
    needsInstall(skip);
    skip(process.platform !== "linux", "only Linux has /dev/full");
    const full = openSync("/dev/full", "w");
    const { status, stderr } = spawnSync("npx", ["mho", "board"], {
      encoding: "utf8",
      stdio: ["ignore", full, "pipe"],
      cwd: user,
    });
    closeSync(full);
    expect({ status, stack: stderr.includes("    at ") }).toEqual({ status: 1, stack: false });
    expect(stderr).toContain("OUTPUT_UNWRITABLE cannot write the result to stdout: ENOSPC");
  });

  it("brings one serialport and compiles nothing", ({ skip }) => {
    needsInstall(skip);
    const scripted = Object.entries(lockIn(user).packages)
      .filter(([, { hasInstallScript }]) => hasInstallScript)
      .map(([path]) => path);
    expect(scripted.filter((path) => !path.endsWith("@serialport/bindings-cpp"))).toEqual([]);
  });
});
