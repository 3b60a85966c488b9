import { z } from "zod";
import { MhoError } from "#protocol";
import type { FrontEndOptions } from "./front-end.ts";
import type { Machine } from "./machine.ts";
import { cortexFirmware, type QemuBoard, qemuBoard } from "./qemu/index.ts";

/** The array behind every emulated board; the firmware's config.h says how much of it the board uses. */
const array = { profile: "hfox-tsinghua", tiles: 64, rows: 128, cols: 128 };

/** What a board URL may say behind its `?`. */
const Settings = z.strictObject({
  /** Of the array's devices, and of the board's name. */
  seed: z.coerce.number().int().min(0).default(1),
  baud: z.coerce.number().int().min(1200).max(4_000_000).default(115_200),
  /** Milliseconds of the host's silence after which the board grounds its lines. */
  watchdog: z.coerce.number().int().min(1).max(60_000).optional(),
});
/** `start` tells this start of the board from others: its boot id follows from it. */
export type EmulatorSettings = z.output<typeof Settings> & { readonly start: number };

type Maker = (front: FrontEndOptions, settings: EmulatorSettings) => Promise<Machine>;

/** An emulator package, or EMULATOR_MISSING. */
async function installed<T>(name: string, load: () => Promise<T>): Promise<T> {
  return load().catch((cause: { code?: string }) => {
    if (cause.code !== "ERR_MODULE_NOT_FOUND") throw cause;
    throw new MhoError("EMULATOR_MISSING", { name }, { cause });
  });
}

/** Above it the receive interrupt comes too late: bytes are lost. */
const avrBaudMost = 1_000_000;

const avr =
  (chip: "atmega328p" | "atmega2560"): Maker =>
  async (front, { seed, baud, watchdog, start }) => {
    if (baud > avrBaudMost) {
      const why = `an AVR at 16 MHz takes bytes at ${avrBaudMost} baud at most`;
      throw new MhoError("URL_INVALID", { url: `emulated:${chip}?baud=${baud}`, why });
    }
    const { avrMachine, avrFirmware } = await installed("avr8js", () => import("./avr/index.ts"));
    const built = await avrFirmware({ chip, baud, ...(watchdog === undefined ? {} : { watchdog }) });
    return avrMachine({ chip, ...built, front, name: `${chip}-emulated-${seed}`, start });
  };

const rp2040 =
  (serial: "uart" | "usb"): Maker =>
  async (front, { seed, baud, watchdog, start }) => {
    const { Rp2040Machine, rp2040Firmware } = await installed("rp2040js", () => import("./rp2040/index.ts"));
    const built = await rp2040Firmware({ serial, baud, ...(watchdog === undefined ? {} : { watchdog }) });
    return Rp2040Machine.make({ firmware: built, serial, front, name: `rp2040-emulated-${seed}`, start });
  };

const makers: Readonly<Record<string, Maker>> = {
  atmega328p: avr("atmega328p"),
  atmega2560: avr("atmega2560"),
  rp2040: rp2040("uart"),
  "rp2040-usb": rp2040("usb"),
};

/** Boards in an emulator that is a program of its own, and runs at its own pace. */
const ownPace = "mps2-an386";

/** Boards that `emulated:` knows. */
export const emulatedBoards: readonly string[] = [...Object.keys(makers), ownPace];

/** Name and settings of an `emulated:` URL; URL_INVALID where it has any that are not known. */
function settingsOf(url: string): [board: string, settings: z.output<typeof Settings>] {
  const { pathname, searchParams } = new URL(url);
  if (!emulatedBoards.includes(pathname))
    throw new MhoError("URL_INVALID", { url, why: `emulated boards are ${emulatedBoards.join(", ")}` });
  const settings = Settings.safeParse(Object.fromEntries(searchParams));
  if (!settings.success) throw new MhoError("URL_INVALID", { url, why: z.prettifyError(settings.error) });
  return [pathname, settings.data];
}

/**
 * The board at `emulated:mps2-an386`, started in QEMU, its firmware built on the spot; none for the URL of another board.
 * Throws URL_INVALID, EMULATED_ABSENT or FIRMWARE_UNBUILT.
 */
export async function emulateInQemu(url: string, start = 0): Promise<QemuBoard | undefined> {
  const [board, { seed, watchdog }] = settingsOf(url);
  if (board !== ownPace) return undefined;
  const firmware = await cortexFirmware(watchdog);
  return qemuBoard({ firmware, front: { ...array, seed }, name: `${board}-emulated-${seed}`, start });
}

/**
 * The board at `emulated:atmega2560?baud=1000000&seed=7`, its firmware built on the spot. Throws URL_INVALID,
 * EMULATOR_MISSING or FIRMWARE_UNBUILT.
 */
export async function emulate(url: string, start = 0): Promise<Machine> {
  const [board, settings] = settingsOf(url);
  const make = makers[board];
  if (!make) throw new MhoError("URL_INVALID", { url, why: `${board} runs in QEMU, at its own pace` });
  return make({ ...array, seed: settings.seed }, { ...settings, start });
}
