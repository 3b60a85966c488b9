import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SimulatedCore } from "#drivers";
import type { Area, Reply, Request } from "#protocol";

export const whole = (rows: number, cols: number, tile = 0): Area => ({ tile, row: 0, col: 0, rows, cols });

/** Runs a program request to its end. */
export function programmed(core: SimulatedCore, request: Request<"program">): Reply<"program"> {
  const steps = core.program(request);
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
}

export const readOutRequest = (area: Area, rest: Partial<Request<"readOut">> = {}): Request<"readOut"> => ({
  ...area,
  range: 0,
  vectors: 1,
  repeats: 1,
  firstSample: 0,
  zeros: 0,
  inputs: new Uint8Array(),
  chunks: [],
  ...rest,
});

/** Codes of all samples of a read-out, in amperes. */
export function currents(core: SimulatedCore, request: Request<"readOut">, inputs: Int16Array): Float64Array {
  const { codes } = core.readOut(request, inputs, 0, request.vectors * request.repeats);
  const { adc } = core.descriptor;
  return Float64Array.from(codes, (code) => (code * adc.ranges[request.range]!) / 2 ** (adc.bits - 1));
}

type Json = Record<string, unknown>;

/** The path of a profile file: the named profile with `change` made to its JSON. */
export async function profileWith(name: string, change: (profile: Json) => void): Promise<string> {
  const profile = JSON.parse(await readFile(`profiles/${name}.json`, "utf8"));
  change(profile);
  const path = join(await mkdtemp(join(tmpdir(), "mho-profile-")), "changed.json");
  await writeFile(path, JSON.stringify(profile));
  return path;
}

/** A value as a test's profile states it. */
export const assumed = (value: unknown, unit?: string) => ({ value, ...(unit && { unit }), assumed: true });
