import type { Request } from "#protocol";
import type { Burst } from "./read-out.ts";

/** The last read-out of a board, as long as its cells stay as they are. */
export interface HeldBurst {
  readonly request: Request<"readOut">;
  readonly inputs: Int16Array;
  readonly burst: Burst;
}

/** Whether a request asks again for chunks of a read-out that is held: it must give the codes it gave before. */
export function asksAgain(held: HeldBurst, request: Request<"readOut">, inputs: Int16Array): boolean {
  const fields = [
    "tile",
    "row",
    "col",
    "rows",
    "cols",
    "range",
    "vectors",
    "repeats",
    "firstSample",
  ] as const;
  return (
    request.chunks.length > 0 &&
    fields.every((field) => held.request[field] === request[field]) &&
    inputs.every((code, i) => code === held.inputs[i])
  );
}
