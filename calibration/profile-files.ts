import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { MhoError } from "#protocol";
import { BoardProfile } from "./profile.ts";

/** profiles/ of this package: one folder up from the sources, two from dist/calibration. */
function folder(): string {
  const near = new URL("../profiles/", import.meta.url);
  return fileURLToPath(existsSync(near) ? near : new URL("../../profiles/", import.meta.url));
}

/** Names of the profiles that come with mho, in alphabetical order. */
export async function profileNames(): Promise<readonly string[]> {
  const files = await readdir(folder());
  return files
    .filter((file) => file.endsWith(".json"))
    .map((file) => basename(file, ".json"))
    .sort();
}

async function pathOf(nameOrPath: string): Promise<string> {
  if (/[/\\]|\.json$/.test(nameOrPath)) return nameOrPath;
  const known = await profileNames();
  if (!known.includes(nameOrPath))
    throw new MhoError("PROFILE_UNKNOWN", { name: nameOrPath, known: known.join(", ") });
  return `${folder()}${nameOrPath}.json`;
}

async function contents(path: string): Promise<unknown> {
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw new MhoError("FILE_UNREADABLE", { path, why: cause.code ?? cause.message }, { cause });
  });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new MhoError("PROFILE_INVALID", { name: path, why: (cause as Error).message }, { cause });
  }
}

/** Relations between values that no single field can state. */
function contradiction(profile: BoardProfile): string | undefined {
  const {
    accumulator,
    conductance,
    dac,
    flicker,
    limits,
    nonlinearity,
    pulses,
    programming,
    telegraph,
    thermal,
  } = profile;
  const counts = conductance.max.value / conductance.lsb.value;
  if (conductance.min.value >= conductance.max.value) return "conductance.min must lie below conductance.max";
  if (counts > 32767) return `conductance.max is ${Math.round(counts)} counts of lsb; the wire holds 32767`;
  if (dac.fullScale.value > limits.readVoltage.value) return "dac.fullScale lies above limits.readVoltage";
  if (pulses.amplitude.value > limits.pulseVoltage.value)
    return "pulses.amplitude lies above limits.pulseVoltage";
  if (pulses.threshold.value >= pulses.amplitude.value)
    return "pulses.threshold must lie below pulses.amplitude";
  if (pulses.width.value > limits.pulseWidth.value) return "pulses.width lies above limits.pulseWidth";
  if (nonlinearity && dac.fullScale.value > 1)
    return "nonlinearity: the cubic law holds up to 1 V of dac.fullScale";
  for (const [name, noise] of Object.entries({ flicker, telegraph }))
    if (noise && !(noise.fastest.value > 0 && noise.fastest.value <= noise.slowest.value))
      return `${name}.fastest must lie above 0 s and not above ${name}.slowest`;
  if (accumulator && accumulator.limit.value <= 0) return "accumulator.limit must lie above 0 A";
  if (dac.feeding?.value === "bit-serial" && dac.bipolar.value && dac.bits.value < 2)
    return "dac.bits: one bit is the sign, and leaves none to feed";
  if (thermal && !(thermal.coldest.value <= 300 && thermal.hottest.value >= 300))
    return "thermal: conductances are stated for 300 K, which must lie between coldest and hottest";
  if (programming.acceptance.value <= 0) return "programming.acceptance must be above 0";
  return undefined;
}

/**
 * Reads and checks a board profile: one that comes with mho by its name, any other by its path.
 * Throws PROFILE_UNKNOWN, FILE_UNREADABLE, or PROFILE_INVALID with the field and what is wrong with it.
 */
export async function loadProfile(nameOrPath: string): Promise<BoardProfile> {
  const parsed = BoardProfile.safeParse(await contents(await pathOf(nameOrPath)));
  if (!parsed.success)
    throw new MhoError(
      "PROFILE_INVALID",
      { name: nameOrPath, why: z.prettifyError(parsed.error) },
      { cause: parsed.error },
    );
  const why = contradiction(parsed.data);
  if (why !== undefined) throw new MhoError("PROFILE_INVALID", { name: nameOrPath, why });
  return parsed.data;
}
