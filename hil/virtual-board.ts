import { existsSync } from "node:fs";
import { wireBoard } from "#drivers";
import { type CrossbarBoard, seconds } from "#protocol";
import { emulate } from "./emulators/emulate.ts";
import type { Machine } from "./emulators/machine.ts";
import { VirtualBench } from "./emulators/virtual-bench.ts";

/** An emulated board in virtual time, and its host's session with it. */
export interface VirtualBoard {
  readonly machine: Machine;
  readonly bench: VirtualBench;
  readonly board: CrossbarBoard;
}

/** Board time by which the firmware listens. */
const started = seconds(0.05);

/** A fresh board at an `emulated:` URL, in process and in virtual time: the same in every run. */
export async function virtualBoard(url: string, mode: "binary" | "text" = "binary"): Promise<VirtualBoard> {
  const machine = await emulate(url);
  machine.run(started);
  const bench = new VirtualBench(machine);
  return { machine, bench, board: await wireBoard(bench.connect(), { clock: bench, mode }) };
}

/** Why a bench that needs `compiler` is not run here, if it is not. */
export const lacking = (compiler: string): string | undefined =>
  existsSync(`/usr/bin/${compiler}`) ? undefined : `no ${compiler} (docs/emulated.md)`;
