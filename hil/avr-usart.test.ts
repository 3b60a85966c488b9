import { CPU } from "avr8js";
import { expect, it } from "vitest";
import { chips } from "./emulators/avr/chips.ts";
import { Usart } from "./emulators/avr/usart.ts";

const at = chips.atmega328p.usart;
const [RXC, UDRE, TXC, DOR] = [0x80, 0x20, 0x40, 0x08];
/** 1 Mbaud at 16 MHz: double speed, divider 1. */
const byteCycles = 160;

function usart() {
  const cpu = new CPU(new Uint16Array(0x4000), 0x800);
  const line = new Usart(cpu, at);
  cpu.writeData(at.status, 0x02);
  cpu.writeData(at.baudLow, 1);
  cpu.writeData(at.control, 0x18);
  const run = (cycles: number): void => {
    for (const end = cpu.cycles + cycles; cpu.cycles < end; ) {
      cpu.cycles++;
      cpu.tick();
    }
  };
  return { cpu, line, run, status: () => cpu.data[at.status]! };
}

it("takes ten bit times for each byte, and holds one byte behind the one on the line", () => {
  const { cpu, line, run, status } = usart();
  for (const byte of [1, 2]) {
    expect(status() & UDRE).toBe(UDRE);
    cpu.writeData(at.byte, byte);
  }
  expect(status() & UDRE).toBe(0);
  run(byteCycles - 1);
  expect([...line.sent()]).toEqual([]);
  run(1);
  expect([...line.sent()]).toEqual([1]);
  expect(status() & (UDRE | TXC)).toBe(UDRE);
  run(byteCycles);
  expect([...line.sent()]).toEqual([2]);
  expect(status() & (UDRE | TXC)).toBe(UDRE | TXC);
});

it("keeps three received bytes for a late reader, loses the fourth, and says so", () => {
  const { cpu, line, run, status } = usart();
  line.receive(Uint8Array.of(1, 2, 3, 4));
  run(byteCycles - 1);
  expect(status() & RXC).toBe(0);
  run(3 * byteCycles);
  expect(line.overruns).toBe(0);
  run(byteCycles);
  expect([line.overruns, line.arriving, status() & DOR]).toEqual([1, 0, DOR]);
  const read = [0, 0, 0].map(() => cpu.readData(at.byte));
  expect(read).toEqual([1, 2, 3]);
  expect(status() & (RXC | DOR)).toBe(0);
});

it("keeps a received byte when the control register is written", () => {
  const { cpu, line, run, status } = usart();
  line.receive(Uint8Array.of(7));
  run(byteCycles);
  cpu.writeData(at.control, 0x38);
  expect(status() & RXC).toBe(RXC);
  expect(cpu.readData(at.byte)).toBe(7);
});
