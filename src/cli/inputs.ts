import { readFile } from "node:fs/promises";
import { type DeviceModel, deviceModel, loadProfile } from "#calibration";
import { type CrossbarBoard, MhoError } from "#protocol";
import { type Images, readImages } from "../datasets/index.ts";
import { type ConductanceMap, map } from "../mapping/index.ts";
import {
  type Arch,
  type BayesianModel,
  importModel,
  normalise,
  openContainer,
  parseArch,
} from "../model/index.ts";

/** The arch file at `path`. Errors: FILE_UNREADABLE, ARCH_INVALID. */
export async function arch(path: string): Promise<Arch> {
  const text = await readFile(path, "utf8").catch((cause: Error) => {
    throw new MhoError("FILE_UNREADABLE", { path, why: cause.message }, { cause });
  });
  try {
    return parseArch(JSON.parse(text));
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new MhoError("ARCH_INVALID", { why: `${path} is no JSON: ${cause.message}` }, { cause });
  }
}

/** What the board's devices are like, where its profile is known. */
export async function deviceOf({ descriptor }: CrossbarBoard): Promise<DeviceModel | undefined> {
  return descriptor.profile === "" ? undefined : deviceModel(await loadProfile(descriptor.profile));
}

/** The first `limit` of a set of images. */
export function firstOf({ shape, values }: Images, limit = Number.POSITIVE_INFINITY): Images {
  const items = Math.min(limit, shape[0] ?? 0);
  const size = values.length / (shape[0] || 1);
  return { shape: [items, ...shape.slice(1)], values: values.subarray(0, items * size) };
}

/** Images as the model's first layer sees them, items × inputs. Errors: SHAPE_MISMATCH. */
export function normalised({ input }: BayesianModel, { shape, values }: Images, path: string): Float32Array {
  const [size, wanted] = [shape.slice(1).reduce((a, b) => a * b, 1), input.shape.reduce((a, b) => a * b, 1)];
  if (size !== wanted)
    throw new MhoError("SHAPE_MISMATCH", {
      what: `an input of ${path}`,
      found: shape.slice(1).join("×"),
      wanted: input.shape.join("×"),
    });
  return normalise(input, values);
}

export const probes = async (path: string, model: BayesianModel): Promise<Float32Array> =>
  normalised(model, await readImages(path), path);

/** Whether a file is a conductance map rather than a model. */
export async function isMap(path: string): Promise<boolean> {
  return path.endsWith(".mho") && (await openContainer(path)).kind === "map";
}

/** The map of the model in a file for this board, scaled by these inputs. */
export async function mapOf(
  board: CrossbarBoard,
  path: string,
  { probes, probesPath, seed }: { probes: Images; probesPath: string; seed: number },
): Promise<ConductanceMap> {
  const model = await importModel(path);
  const device = await deviceOf(board);
  const inputs = normalised(model, probes, probesPath);
  return map(model, board.descriptor, { seed, probes: inputs, ...(device ? { device } : {}) });
}
