import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

const interpreter = "/usr/bin/python3";

/** Runs a Python script (Debian's interpreter, which has numpy and torch) in `cwd` and gives what it printed. */
export function python(script: string, cwd: string): string {
  return execFileSync(interpreter, ["-c", script], {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Why a test that needs a Python module is skipped, or undefined where the module is there. */
export function missing(module: "numpy" | "torch"): string | undefined {
  try {
    python(`import importlib.util as u, sys; sys.exit(u.find_spec("${module}") is None)`, ".");
    return undefined;
  } catch {
    return `skipped: Debian's python3-${module} is not installed`;
  }
}

/** A title that says why the tests under it are skipped, where they are. */
export const titled = (title: string, why: string | undefined): string =>
  why === undefined ? title : `${title} (${why})`;

/** A folder of this test file's own, gone after its tests. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), "mho-model-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
