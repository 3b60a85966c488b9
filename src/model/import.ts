import { basename, extname } from "node:path";
import { MhoError } from "#protocol";
import type { Arch } from "./arch.ts";
import { stacked, withArch } from "./assemble.ts";
import { sha256Of } from "./container.ts";
import { openFile } from "./formats/open.ts";
import { readModel } from "./model-file.ts";
import { namedLayers } from "./naming/layers.ts";
import type { BayesianModel } from "./types.ts";

export interface ImportOptions {
  /** What the weights file does not say; without it, a stack of dense layers is inferred from the shapes. */
  readonly arch?: Arch | undefined;
  /** The transform that makes standard deviations, in place of the library's: see parseTransform. */
  readonly std?: string | undefined;
}

/** A model that was trained, not imported, names no file of weights: the one it was read from is theirs. */
const traced = (model: BayesianModel, path: string, bytes: Uint8Array): BayesianModel =>
  model.provenance.sha256 !== ""
    ? model
    : { ...model, provenance: { ...model.provenance, file: basename(path), sha256: sha256Of(bytes) } };

/**
 * Reads a trained Bayesian network: .pt, .pth, .safetensors or .npz by the naming of its library, or a `.mho` model.
 * `provenance` says the library, the transform, and every choice that was made. Errors: those of `openFile`,
 * `namedLayers` and `withArch`; FILE_KIND; OPTION_INVALID.
 */
export async function importModel(path: string, { arch, std }: ImportOptions = {}): Promise<BayesianModel> {
  const opened = await openFile(path);
  if (opened.is === "container") {
    const option = arch !== undefined ? "--arch" : "--std";
    if (arch !== undefined || std !== undefined)
      throw new MhoError("OPTION_INVALID", {
        option,
        value: std ?? "",
        why: "a .mho model already holds this",
      });
    return traced(await readModel(path), path, opened.bytes);
  }
  const { library, std: made, layers: named, unused, notes } = namedLayers(opened.weights, path, std);
  const { notes: more, ...network } =
    arch === undefined ? stacked(named, unused, path) : withArch(arch, named);
  const unordered = arch === undefined && opened.weights.format === "safetensors" && named.length > 1;
  const order = unordered
    ? ["A .safetensors file keeps no order of layers: the natural order of their names was taken."]
    : [];
  const left = unused.length === 0 ? [] : [`Not used: ${unused.join(", ")}.`];
  return {
    name: basename(path, extname(path)),
    ...network,
    provenance: {
      library,
      std: made,
      file: basename(path),
      sha256: sha256Of(opened.bytes),
      notes: [...notes, ...more, ...order, ...left],
    },
  };
}
