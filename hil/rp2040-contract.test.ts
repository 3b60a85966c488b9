import { describe } from "vitest";
import { boardContract } from "../src/testing/index.ts";
import { lacking, virtualBoard } from "./virtual-board.ts";

describe.skipIf(lacking("arm-none-eabi-gcc"))("on an emulated RP2040 in virtual time", () => {
  for (const mode of ["binary", "text"] as const)
    boardContract(
      `an RP2040 in ${mode} mode`,
      async () => (await virtualBoard("emulated:rp2040?baud=1000000", mode)).board,
    );
});
