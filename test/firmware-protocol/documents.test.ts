import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { errorTable, isMhoError, MhoError, messages, refusals, urgent } from "#protocol";
import { filled } from "../../scripts/gen/blocks.ts";
import { errorBlocks } from "../../scripts/gen/errors.ts";
import { protocolBlocks } from "../../scripts/gen/protocol.ts";

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const protocol = read("firmware-protocol/PROTOCOL.md");
const errors = read("docs/errors.md");

describe("docs/errors.md", () => {
  const documented = [...errors.matchAll(/^\| `([A-Z_]+)`/gm)].map(([, code]) => code);

  it("lists every error, and no error that is gone", () =>
    expect([...documented].sort()).toEqual(Object.keys(errorTable).sort()));

  it("is what the table says today; else run `npm run gen`", () =>
    expect(filled(errors, errorBlocks)).toBe(errors));
});

describe("the error table", () => {
  it.each(Object.entries(errorTable))("%s says what happened and what to do", (code, { says, mend }) => {
    expect(code).toMatch(/^[A-Z][A-Z_]*$/);
    expect(says.length).toBeGreaterThan(10);
    expect(mend).toMatch(/[.…:`]$/);
  });

  it("fills the facts into the text and the mend, and keeps the cause", () => {
    const cause = new Error("EACCES");
    const error = new MhoError("FILE_KIND", { path: "a.mho", found: "map", wanted: "model" }, { cause });
    expect(error.message).toBe("a.mho holds a map, not a model");
    expect(error.mend).toBe("Give the model; `mho inspect a.mho` shows what this is.");
    expect(error.cause).toBe(cause);
    expect(isMhoError(error, "FILE_KIND") && !isMhoError(error, "FILE_BROKEN") && !isMhoError(cause)).toBe(
      true,
    );
  });
});

// @ts-expect-error a missing fact does not compile
void (() => new MhoError("FILE_KIND", { path: "a.mho", found: "map" }));

describe("PROTOCOL.md", () => {
  it("is what messages.ts says today; else run `npm run gen`", () =>
    expect(filled(protocol, protocolBlocks)).toBe(protocol));

  it("describes every message and every refusal", () => {
    for (const name of Object.keys(messages)) expect(protocol, name).toContain(`- **${name}** 0x`);
    for (const name of refusals) expect(protocol, name).toMatch(new RegExp(`\\| \`${name}\``));
  });

  it("adds its RAM budget up rightly, below 2 KiB", () => {
    const rows = [...protocol.matchAll(/^\| (\d+) +\| /gm)].map(([, bytes]) => Number(bytes));
    const budget = rows.slice(rows.indexOf(260));
    expect(budget.slice(0, -1).reduce((sum, bytes) => sum + bytes, 0)).toBe(budget.at(-1));
    expect(budget.at(-1)).toBeLessThan(2048);
  });

  it("lets nothing jump the queue that moves a cell", () => {
    for (const name of urgent) expect(messages[name].repeat, name).toBe("query");
  });
});

describe("generated parts", () => {
  it("must have a maker each, and every maker a place", () => {
    expect(() => filled("<!-- generated:moon -->x<!-- /generated -->", {})).toThrow(
      /nothing makes the generated part moon/,
    );
    expect(() => filled("", { moon: () => "" })).toThrow(/no place for moon/);
    expect(filled("<!-- generated:moon -->old<!-- /generated -->", { moon: () => "new" })).toContain("new");
  });
});
