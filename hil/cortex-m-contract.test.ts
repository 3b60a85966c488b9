import { describe } from "vitest";
import { wireBoard } from "#drivers";
import { boardContract } from "../src/testing/index.ts";
import { emulateInQemu } from "./emulators/emulate.ts";
import { lacking } from "./virtual-board.ts";

const missing = lacking("arm-none-eabi-gcc") ?? lacking("qemu-system-arm");

describe.skipIf(missing)("on a Cortex-M4F in QEMU", () => {
  // In real time: a busy machine may stand still for longer than the watchdog's 2 s.
  boardContract("an MPS2", async () => {
    const { transport } = (await emulateInQemu("emulated:mps2-an386?watchdog=20000"))!;
    return wireBoard(transport);
  });
});
