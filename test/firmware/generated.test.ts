import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { tableHash } from "#protocol";
import { firmwareHeader, firmwareTable } from "../../scripts/gen/firmware.ts";

const core = new URL("../../firmware-protocol/firmware/core/", import.meta.url);

it("the C message table is made from today's messages (npm run gen)", () => {
  expect(readFileSync(new URL("messages.h", core), "utf8")).toBe(firmwareHeader());
  expect(readFileSync(new URL("messages.c", core), "utf8")).toBe(firmwareTable());
  expect(firmwareHeader()).toContain(`TABLE_HASH UINT32_C(0x${tableHash.toString(16).padStart(8, "0")})`);
});
