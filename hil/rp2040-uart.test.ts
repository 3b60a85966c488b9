import { RP2040 } from "rp2040js";
import { expect, it } from "vitest";
import { Gathered } from "./emulators/machine.ts";
import { Pl011 } from "./emulators/rp2040/pl011.ts";

const interrupt = 20;
const [DR, FR, IBRD, FBRD, CR, IMSC, MIS] = [0x00, 0x18, 0x24, 0x28, 0x30, 0x38, 0x40];
const [RXFE, TXFF, RX, TX, RT] = [1 << 4, 1 << 5, 1 << 4, 1 << 5, 1 << 6];
const fifo = 32;
/** 1 Mbaud: 125 MHz / 16 / (7 + 52/64); a byte takes 10 µs. */
const byteNanos = 10_000;

function uart() {
  const mcu = new RP2040();
  const clock = mcu.clock as unknown as { tick(nanos: number): void };
  const sent = new Gathered();
  const line = new Pl011(mcu, interrupt, sent);
  const write = (offset: number, value: number): void => line.writeUint32Atomic(offset, value, 0);
  write(IBRD, 7);
  write(FBRD, 52);
  write(CR, 0x301);
  return { line, sent, write, run: (nanos: number) => clock.tick(nanos) };
}

it("takes ten bit times for each byte, and is full with 32 that have not left", () => {
  const { line, sent, write, run } = uart();
  for (let byte = 0; byte < fifo; byte++) {
    expect(line.readUint32(FR) & TXFF).toBe(0);
    write(DR, byte);
  }
  expect(line.readUint32(FR) & TXFF).toBe(TXFF);
  run(byteNanos - 1);
  expect([...sent.take()]).toEqual([]);
  run(1);
  expect([...sent.take()]).toEqual([0]);
  expect(line.readUint32(FR) & TXFF).toBe(0);
  run(31 * byteNanos);
  expect(sent.take()).toHaveLength(31);
});

it("asks for more when half of what it holds has left", () => {
  const { line, write, run } = uart();
  write(IMSC, TX);
  for (let byte = 0; byte < fifo; byte++) write(DR, byte);
  run(15 * byteNanos);
  expect(line.readUint32(MIS)).toBe(0);
  run(byteNanos);
  expect(line.readUint32(MIS)).toBe(TX);
  for (let byte = 0; byte < 16; byte++) write(DR, byte);
  expect(line.readUint32(MIS)).toBe(0);
});

it("calls at the fourth byte, or after the last one, until they are fetched", () => {
  const { line, write, run } = uart();
  write(IMSC, RX | RT);
  line.receive(Uint8Array.of(1, 2, 3, 4, 5));
  run(3 * byteNanos);
  expect(line.readUint32(MIS)).toBe(0);
  run(byteNanos);
  expect(line.readUint32(MIS)).toBe(RX);
  run(byteNanos);
  expect([line.readUint32(MIS), line.arriving]).toEqual([RX | RT, 0]);
  expect([0, 0, 0, 0, 0].map(() => line.readUint32(DR))).toEqual([1, 2, 3, 4, 5]);
  expect([line.readUint32(MIS), line.readUint32(FR) & RXFE]).toEqual([0, RXFE]);
});

it("loses what comes when 32 bytes wait, counts it, and keeps the oldest", () => {
  const { line, run } = uart();
  line.receive(Uint8Array.from({ length: fifo + 3 }, (_, at) => at));
  run((fifo + 3) * byteNanos);
  expect(line.overruns).toBe(3);
  expect(Array.from({ length: fifo }, () => line.readUint32(DR)).at(-1)).toBe(fifo - 1);
});

it("gives back what has not arrived", () => {
  const { line, run } = uart();
  line.receive(Uint8Array.of(1, 2, 3));
  line.receive(Uint8Array.of(4));
  run(byteNanos);
  expect(line.unheard().map((bytes) => [...bytes])).toEqual([[2, 3], [4]]);
  expect(line.arriving).toBe(0);
});
