import { type BoardProfile, type DeviceModel, deviceModel, type LineResistance } from "#calibration";
import { MhoError } from "#protocol";
import { linesOf } from "./lines.ts";
import type { ArrayFaults, SimulatorOptions } from "./options.ts";
import { warmthOf } from "./warmth.ts";

/** What the cells of a board have in common. */
export interface Devices {
  readonly profile: BoardProfile;
  readonly model: DeviceModel;
  readonly seed: number;
  readonly faults: ArrayFaults;
  /** Resistance of the lines, where they have any. */
  readonly lines: LineResistance | undefined;
  /** Conductance at the board's temperature over that at 300 K: warmth.ts. */
  readonly warmth: number;
  /** SET/RESET cycles that every cell has behind it when the board is made. */
  readonly cycles: number;
}

/** What a profile and a board's options say of its cells. Errors: OUT_OF_MODEL, OPTION_INVALID. */
export function devicesOf(profile: BoardProfile, options: SimulatorOptions): Devices {
  const { seed, faults, cycles, temperature } = options;
  if (cycles > 0 && profile.endurance === undefined)
    throw new MhoError("OPTION_INVALID", {
      option: "cycles",
      value: cycles,
      why: `profile ${profile.name} has no law of endurance`,
    });
  if (options.engine === "moment" && profile.accumulator !== undefined)
    throw new MhoError("OPTION_INVALID", {
      option: "engine",
      value: "moment",
      why: `the columns of ${profile.name} saturate on the way: their sums have no moments of their own`,
    });
  return {
    profile,
    model: deviceModel(profile),
    seed,
    faults,
    cycles,
    lines: linesOf(profile, options),
    warmth: warmthOf(profile, temperature),
  };
}
