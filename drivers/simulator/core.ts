import type { Descriptor, Reply, Request } from "#protocol";

/**
 * What stands behind the simulated board's wire: the array with its physics, in wire units (counts and codes), as
 * firmware would see it. The endpoint (endpoint.ts) does framing, duplicates, credits and chunking; the core never
 * sees a byte. A request outside the limits throws `Refusal`.
 */
export interface BoardCore {
  readonly descriptor: Descriptor;
  /** Yields after some cells, so that the endpoint can report progress and stop between cells. */
  program(request: Request<"program">): Generator<Reply<"progress">, Reply<"program">>;
  pulse(request: Request<"pulse">): Reply<"pulse">;
  readCells(request: Request<"readCells">): Reply<"readCells">;
  /**
   * Samples `first` … `first + count` of a read-out (sample = vector · repeats + repeat), count × cols ADC codes.
   * Noise is addressed by (seed, tile, request.firstSample + sample): asking again gives the same codes.
   */
  readOut(
    request: Request<"readOut">,
    inputs: Int16Array,
    first: number,
    count: number,
  ): { codes: Int16Array; saturated: number };
  sense(): Reply<"sense">;
  idle(): void;
  /** A restart of the board's controller: another boot id, counts from 0. Cells keep what they hold. */
  reboot(): void;
}
