import { describe } from "vitest";
import { boardContract } from "../src/testing/index.ts";
import { lacking, virtualBoard } from "./virtual-board.ts";

describe.skipIf(lacking("avr-gcc"))("on emulated AVRs in virtual time", () => {
  for (const chip of ["atmega2560", "atmega328p"])
    for (const mode of ["binary", "text"] as const)
      boardContract(
        `an ${chip} in ${mode} mode`,
        async () => (await virtualBoard(`emulated:${chip}?baud=1000000`, mode)).board,
      );
});
