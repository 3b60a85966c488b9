import { execFile } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { readVectors, unhex } from "../firmware-protocol/vectors.ts";
import { build, works } from "./host-board.ts";

const run = promisify(execFile);
/** Inputs of one run; more with MHO_FUZZ=10000000. */
const inputs = Number(process.env.MHO_FUZZ ?? 60_000);

const program = (await works("clang", "--version"))
  ? await build("fuzz").then(
      (folder) => join(folder, "mho-fuzz"),
      () => undefined, // clang without its sanitizers' libraries
    )
  : undefined;

/** Sessions to begin with: every golden request as a line, as a frame, and as a frame that the fuzzer makes whole. */
function seeds(folder: string): void {
  const { frames } = readVectors("frames");
  const bytes = (...parts: (string | Uint8Array)[]) =>
    Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : part)));
  for (const { name, side, line, wire, payload, header } of frames) {
    if (side !== "request") continue;
    const body = unhex(payload);
    writeFileSync(join(folder, `${name}-line`), bytes("\0hello\n", line, "\n"));
    writeFileSync(join(folder, `${name}-wire`), bytes("\x01", unhex(wire)));
    if (body.length < 116)
      writeFileSync(
        join(folder, `${name}-made`),
        bytes("\x02", Uint8Array.of(header.id, 5, 5, body.length), body),
      );
  }
}

describe.skipIf(!program)("the C core under libFuzzer (needs clang and its sanitizers)", () => {
  it(`survives ${inputs} sessions of anything, and asks nothing forbidden of the hardware`, async () => {
    const folder = mkdtempSync(join(tmpdir(), "mho-fuzz-"));
    seeds(folder);
    // A seed and a count of inputs, no time: the same run everywhere. What it finds is printed as base64.
    const options = [
      `-runs=${inputs}`,
      "-seed=1",
      "-max_len=1000",
      "-timeout=20",
      `-artifact_prefix=${folder}/`,
    ];
    const { stderr } = await run(program!, [...options, folder], { maxBuffer: 1 << 26 });
    expect(stderr).toContain(`Done ${inputs} runs`);
  });
});
