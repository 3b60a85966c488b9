import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { tableHash } from "#protocol";
import { firmwareHeader, firmwareTable } from "../../scripts/gen/firmware.ts";

const core = new URL("../../firmware-protocol/firmware/core/", import.meta.url);

it("the C message table is made from today's messages (npm run gen)", () => {
  expect(readFileSync(new URL("messages.h", core), "utf8")).toBe(firmwareHeader());
  expect(readFileSync(new URL("messages.c", core), "utf8")).toBe(firmwareTable());
  expect(firmwareHeader()).toContain(`TABLE_HASH UINT32_C(0x${tableHash.toString(16).padStart(8, "0")})`);
});

it("no file of the firmware written by hand is longer than 300 lines or wider than 140 characters", () => {
  const firmware = new URL("../", core);
  const files = readdirSync(firmware, { recursive: true, encoding: "utf8" }).filter(
    (name) => /\.(c|h|mk)$/.test(name) && !/messages\.[ch]$/.test(name) && !name.startsWith("build/"),
  );
  expect(files.length).toBeGreaterThan(40);
  for (const name of files) {
    const lines = readFileSync(new URL(name, firmware), "utf8").split("\n");
    expect([name, lines.length <= 301, lines.filter((line) => line.length > 140)]).toEqual([name, true, []]);
  }
});
