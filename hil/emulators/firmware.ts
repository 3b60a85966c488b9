import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { MhoError } from "#protocol";

/** firmware-protocol/firmware: three folders up from dist/hil/emulators, two from the sources. */
function sources(): string {
  const near = new URL("../../firmware-protocol/firmware/", import.meta.url);
  const far = new URL("../../../firmware-protocol/firmware/", import.meta.url);
  return fileURLToPath(existsSync(new URL("hal.h", near)) ? near : far);
}

export interface FirmwareOptions {
  /** A folder of firmware-protocol/firmware/boards. */
  readonly board: string;
  /** Folder of a Makefile of its own, where the board does not stand on the core. */
  readonly make?: string;
  /** The file that make leaves, such as `atmega2560.bin`. */
  readonly file: string;
  /** Variables of the board's make rules: CHIP, BAUD … */
  readonly variables?: Readonly<Record<string, string | number>>;
  /** Constants of config.h that are to be others: WATCHDOG_MS … */
  readonly constants?: Readonly<Record<string, string | number>>;
}

/** What a build left: the file that was asked for, and what the build said (sizes). */
export interface Firmware {
  readonly image: Uint8Array;
  readonly said: string;
}

const built = new Map<string, Promise<Firmware>>();

/**
 * Builds firmware, once in the life of this program, in a folder that is gone afterwards. Throws FIRMWARE_UNBUILT with
 * what the compiler said.
 */
export function firmware(options: FirmwareOptions): Promise<Firmware> {
  const name = JSON.stringify(options);
  const known = built.get(name) ?? build(options);
  built.set(name, known);
  return known;
}

async function build({
  board,
  make = "",
  file,
  variables = {},
  constants = {},
}: FirmwareOptions): Promise<Firmware> {
  const folder = await mkdtemp(join(tmpdir(), "mho-firmware-"));
  const config = Object.entries(constants).map(([name, value]) => `-D${name}=${value}`);
  const settings = { BOARD: board, OUT: folder, ...variables, CONFIG: config.join(" ") };
  const args = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  try {
    const { stdout } = await promisify(execFile)("make", ["-s", "-C", join(sources(), make), ...args]);
    return { image: await readFile(join(folder, file)), said: stdout };
  } catch (cause) {
    const { stderr, message } = cause as { stderr?: string; message: string };
    const lines = (stderr || message).split("\n").filter((line) => /error|not found|No such/i.test(line));
    const why = (lines[0] ?? message).trim();
    throw new MhoError("FIRMWARE_UNBUILT", { board, why }, { cause });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
