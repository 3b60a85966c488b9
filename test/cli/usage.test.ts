import { describe, expect, it } from "vitest";
import { errorTable } from "#protocol";
import { commands } from "../../src/cli/commands/index.ts";
import { captured, mho } from "./captured.ts";

const names = commands(captured()).map((command) => command.name());

describe("the command line", () => {
  it("knows the commands of its contract", () =>
    expect(names).toEqual(
      expect.arrayContaining([
        "demo",
        "import",
        "inspect",
        "map",
        "deploy",
        "infer",
        "evaluate",
        "board",
        "console",
        "sim",
        "train",
      ]),
    ));

  it.each(names)("explains %s with an example on stdout, and ends with 0", async (name) => {
    const { exitCode, stdout, stderr } = await mho([name, "--help"]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(new RegExp(`Examples?:\\n  \\$ .*mho ${name}`));
  });

  it.each([
    ["an unknown command", ["fly"], "unknown command"],
    ["an unknown option", ["board", "--colour"], "unknown option"],
    ["a missing argument", ["map"], "missing required argument"],
    ["a missing required option", ["infer", "m.mho"], "--input"],
    ["no whole number of samples", ["demo", "--samples", "2.5"], "whole number of at least 1"],
    ["no samples at all", ["demo", "--samples", "0"], "whole number of at least 1"],
    ["a negative seed", ["demo", "--seed", "-1"], "whole number of at least 0"],
    ["a tolerance of nothing", ["deploy", "m.mho", "--tolerance", "0"], "above 0"],
    ["a board of no known kind", ["board", "--board", "gpib:7"], "NO_DRIVER"],
    ["a simulated board with an unknown setting", ["board", "--board", "sim:?flavour=mint"], "URL_INVALID"],
  ])("ends with 2 for %s and says so on stderr alone", async (_, words, says) => {
    const { exitCode, stdout, stderr } = await mho(words);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toContain(says);
  });

  it("is a document too where --json was asked for: stdout holds one, whatever was wrong", async () => {
    const { exitCode, stdout } = await mho(["demo", "--samples", "NaN", "--json"]);
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: "COMMAND_INVALID", says: expect.stringContaining("--samples") },
    });
  });

  it("refuses a server that is to be a tty and a socket at once", async () => {
    const { exitCode, stderr } = await mho([
      "sim",
      "--link",
      "/tmp/board",
      "--listen",
      "localhost:0",
      "--pty",
    ]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("cannot be used with");
  });

  it("prints the version of its package", async () => {
    const { exitCode, stdout } = await mho(["--version"]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe("an error", () => {
  it("sends nobody to a command that does not exist", () => {
    const mends = Object.values(errorTable).flatMap(({ mend }) =>
      [...mend.matchAll(/`mho (\w+)/g)].map((match) => match[1]!),
    );
    expect(mends.length).toBeGreaterThan(5);
    expect(mends.filter((name) => !names.includes(name))).toEqual([]);
  });
  it("is its code, what happened and what to do, without a stack", async () => {
    const { exitCode, stdout, stderr } = await mho(["inspect", "/nowhere/model.mho"]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toMatch(/^FILE_UNREADABLE cannot read \/nowhere\/model\.mho: .*\n {2}→ Check the path/);
    expect(stderr).not.toContain("    at ");
  });
  it("shows where it arose with --debug", async () =>
    expect((await mho(["inspect", "/nowhere/model.mho", "--debug"])).stderr).toContain("    at "));
  it("is a document too with --json: code, says, mend and facts", async () => {
    const { exitCode, stdout } = await mho(["inspect", "/nowhere/model.mho", "--json"]);
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: "FILE_UNREADABLE", facts: { path: "/nowhere/model.mho" } },
    });
  });
  it("says what to ask less of where an array cannot be, and blames nothing in mho", async () => {
    const { exitCode, stderr } = await mho(["demo", "--samples", "1000000000000"]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^OUT_OF_MEMORY .*\n {2}→ Ask for fewer samples/);
  });
  it("names the boards there are where a URL has no driver", async () =>
    expect((await mho(["board", "--board", "gpib:7"])).stderr).toMatch(/sim:.*tcp:.*serial:/));
  it("says that nothing listens where no board is", async () => {
    const { exitCode, stderr } = await mho(["board", "--board", "tcp://127.0.0.1:1"]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("BOARD_ABSENT");
  });
});
