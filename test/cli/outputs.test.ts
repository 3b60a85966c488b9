import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { assetPath, shippedModelPath } from "../../src/datasets/index.ts";
import { mho } from "./captured.ts";

const folder = mkdtempSync(join(tmpdir(), "mho-outputs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const [images, labels] = [assetPath("digits/images-idx3-ubyte.gz"), assetPath("digits/labels-idx1-ubyte.gz")];

describe("what cannot be written", () => {
  it.each([
    ["train", ["train", "--images", images, "--labels", labels, "--hidden", "8", "-o"]],
    ["conformance", ["conformance", "--html"]],
  ])("is refused by mho %s before the work, not after", async (_, words) => {
    for (const target of ["/nowhere/x", folder]) {
      let steps = 0;
      const { exitCode, stderr } = await mho([...words, target], { onProgress: () => steps++ });
      expect({ exitCode, steps }).toEqual({ exitCode: 1, steps: 0 });
      expect(stderr).toContain(`FILE_UNWRITABLE cannot write ${target}`);
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  it("is what a result is made of, also by another name: the model is still there", async () => {
    const [model, link] = [join(folder, "model.mho"), join(folder, "link.mho")];
    copyFileSync(shippedModelPath(), model);
    symlinkSync(model, link);
    for (const words of [
      ["map", model, "-o", model],
      ["map", model, "-o", link],
      ["import", model, "-o", model],
    ]) {
      const { exitCode, stderr } = await mho(words);
      expect(exitCode).toBe(2);
      expect(stderr).toContain("OPTION_INVALID");
    }
    expect(readFileSync(model).equals(readFileSync(shippedModelPath()))).toBe(true);
  });

  it("is no result of a folder: it cannot be read, and mho is not to blame", async () => {
    const { exitCode, stderr } = await mho(["inspect", folder]);
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^FILE_UNREADABLE/),
    });
  });
});

it("one sample leaves no error to tell: it is a question mark", async () => {
  const { stdout } = await mho([
    ...["infer", shippedModelPath(), "--input", "docs/examples/three-digits.npy", "--samples", "1"],
  ]);
  expect(stdout).toMatch(/\d ± \?/);
  expect(stdout).not.toContain("NaN");
});
