import { describe } from "vitest";
import { boardContract } from "../src/testing/index.ts";
import { lacking, virtualBoard } from "./virtual-board.ts";

/** Each chip and each mode once: avr-board.test.ts shows that the modes give the same sessions. */
describe.skipIf(lacking("avr-gcc"))("on emulated AVRs in virtual time", () => {
  boardContract(
    "an ATmega2560 in binary mode",
    async () => (await virtualBoard("emulated:atmega2560?baud=1000000")).board,
  );
  boardContract(
    "an ATmega328P in text mode, at the rate of a terminal",
    async () => (await virtualBoard("emulated:atmega328p?baud=250000", "text")).board,
  );
});
