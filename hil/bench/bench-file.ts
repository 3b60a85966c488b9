import { readFile } from "node:fs/promises";
import { z } from "zod";
import { MhoError } from "#protocol";

/** A real bench: which board, where to look for it, and what it may be put through. */
export const BenchFile = z.strictObject({
  /** The board's own uid, as its hello says it. Ports change their names; a uid does not. */
  uid: z.string().min(1),
  /** Board URLs to look at, in this order. */
  urls: z.array(z.string().min(1)).min(1),
  limits: z.strictObject({
    /** Pulses that one run may give, all cells together. */
    pulses: z.int().min(0),
    /** Most volts and seconds of a single pulse, where the board itself allows more. */
    pulseVoltage: z.number().positive().optional(),
    pulseWidth: z.number().positive().optional(),
  }),
  soak: z
    .strictObject({
      /** Read-outs of the soak, in bursts with a look at the board between them. */
      readOuts: z.int().positive(),
      /** Kelvin above which it stops. */
      hottest: z.number().positive(),
    })
    .optional(),
});
export type BenchFile = z.output<typeof BenchFile>;

/** The bench in the file at `path`. Errors: FILE_UNREADABLE, FILE_BROKEN. */
export async function readBench(path: string): Promise<BenchFile> {
  const text = await readFile(path, "utf8").catch((cause: Error) => {
    throw new MhoError("FILE_UNREADABLE", { path, why: cause.message }, { cause });
  });
  try {
    return BenchFile.parse(JSON.parse(text));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
    throw new MhoError("FILE_BROKEN", { path, kind: "bench", why }, { cause });
  }
}
