import type { Transport } from "#drivers";
import { seconds } from "#protocol";
import type { ChipName } from "./emulators/avr/chips.ts";
import { FirmataMachine, type I2cPart, miniFirmata } from "./emulators/firmata/index.ts";
import { VirtualBench } from "./emulators/virtual-bench.ts";

/** An emulated Arduino with mini-Firmata in virtual time, and its line. */
export interface VirtualArduino {
  readonly machine: FirmataMachine;
  readonly clock: VirtualBench;
  readonly transport: Transport;
}

/** Board time by which the firmware listens. */
const started = seconds(0.02);

/** A fresh board whose firmware was built on the spot, the same in every run. */
export async function virtualArduino(
  chip: ChipName = "atmega328p",
  parts: ReadonlyMap<number, I2cPart> = new Map(),
): Promise<VirtualArduino> {
  const { image } = await miniFirmata(chip, 1_000_000);
  const machine = new FirmataMachine(chip, image, parts);
  machine.run(started);
  const clock = new VirtualBench(machine);
  return { machine, clock, transport: clock.connect() };
}
