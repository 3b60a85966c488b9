import { expect, it } from "vitest";
import { seconds } from "#protocol";
import { avrMachine } from "./emulators/avr/index.ts";

/** Words of an ATmega328P program. The interrupt of an empty transmitter sends r16 and stands still. */
const sendsR16 = { 0: [0xc03f], 38: [0x9300, 0x00c6, 0xcfff] };
/** r19 = 0x80, r17 = 0x28, r16 = 1, UCSR0B = r17: transmitter and its interrupt on, which waits from then on. */
const waiting = [0xe830, 0xe218, 0xe001, 0x9310, 0x00c1];
/** r16 = 2, then stand still. */
const next = [0xe002, 0xcfff];

function image(program: Readonly<Record<number, readonly number[]>>): Uint8Array {
  const words = new Uint16Array(0x100);
  for (const [at, opcodes] of Object.entries(program)) words.set(opcodes, Number(at));
  return new Uint8Array(words.buffer);
}

it.each([
  ["SEI", 0x9478],
  ["OUT SREG, r19, as gcc sets the stack pointer,", 0xbf3f],
])("the instruction after %s comes before an interrupt that waits", async (_, opcode) => {
  const machine = await avrMachine({
    ...{ chip: "atmega328p", name: "bare", start: 0, staticData: 0 },
    firmware: image({ ...sendsR16, 64: [...waiting, opcode, ...next] }),
    front: { profile: "ideal", seed: 1, tiles: 1, rows: 4, cols: 4 },
  });
  machine.run(seconds(1e-3));
  expect([...machine.sent()]).toEqual([2]);
});
