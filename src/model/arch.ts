import { z } from "zod";
import { MhoError } from "#protocol";
import { readBytes, reason } from "../datasets/index.ts";

const size = z.int().positive();
const weights = z.string().min(1).describe("prefix of the layer's keys in the weights file");
const bias = z
  .boolean()
  .optional()
  .describe("false drops a bias that the file holds but the network does not use");
const pool = { size, stride: size.optional().describe("as large as `size` where not given") };

const ArchLayer = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("dense"), weights, bias }),
  z.strictObject({
    type: z.literal("conv2d"),
    weights,
    bias,
    kernel: size.optional().describe("checked against the weights"),
    stride: size.default(1),
    padding: z.int().min(0).default(0),
  }),
  z.strictObject({ type: z.literal("relu") }),
  z.strictObject({ type: z.literal("maxpool"), ...pool }),
  z.strictObject({ type: z.literal("avgpool"), ...pool }),
  z.strictObject({ type: z.literal("flatten") }),
]);

const ArchSchema = z.strictObject({
  input: z.strictObject({
    shape: z.array(size).min(1).max(3),
    scale: z.number().positive().default(1),
    mean: z.number().default(0),
    std: z.number().positive().default(1),
  }),
  layers: z.array(ArchLayer).min(1),
  output: z.enum(["classes", "values"]).default("classes"),
});

/** What a weights file does not say: input, order and kind of the layers. See docs/import.md. */
export type Arch = z.output<typeof ArchSchema>;
export type ArchLayer = z.output<typeof ArchLayer>;

/** Checks a parsed arch.json, or its text. Errors: ARCH_INVALID with the field. */
export function parseArch(json: unknown): Arch {
  const result = ArchSchema.safeParse(typeof json === "string" ? parseJson(json) : json);
  if (result.success) return result.data;
  throw new MhoError("ARCH_INVALID", { why: z.prettifyError(result.error) }, { cause: result.error });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new MhoError("ARCH_INVALID", { why: reason(cause) }, { cause });
  }
}

/** Reads an arch.json. Errors: FILE_UNREADABLE, ARCH_INVALID. */
export async function readArch(path: string): Promise<Arch> {
  return parseArch(Buffer.from(await readBytes(path, "arch.json")).toString("utf8"));
}
