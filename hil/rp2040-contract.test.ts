import { describe } from "vitest";
import { boardContract } from "../src/testing/index.ts";
import { lacking, virtualBoard } from "./virtual-board.ts";

describe.skipIf(lacking("arm-none-eabi-gcc"))("on an emulated RP2040 in virtual time", () => {
  boardContract(
    "its UART, in binary mode,",
    async () => (await virtualBoard("emulated:rp2040?baud=1000000")).board,
  );
  boardContract(
    "its USB, in text mode,",
    async () => (await virtualBoard("emulated:rp2040-usb", "text")).board,
  );
});
