import type { Descriptor, ForwardPlan, Reply, Request } from "#protocol";

/** Samples of a stored network: count × outputs codes, and what happened in all layers. */
export interface ForwardSamples {
  readonly codes: Int16Array;
  readonly saturated: number;
  readonly clipped: number;
  readonly short: number;
}

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
   * Noise is addressed by (seed, tile, request.firstSample + sample): asking again gives the same codes. They may lie
   * in `into`, which has room for them.
   */
  readOut(
    request: Request<"readOut">,
    inputs: Int16Array,
    first: number,
    count: number,
    into?: Int16Array,
  ): { codes: Int16Array; saturated: number };
  /**
   * Sums over its repeats of the codes of vectors `first` … `first + count` and of their squares, count × cols; the same
   * noise as `readOut` gives.
   */
  readMoments(
    request: Request<"readMoments">,
    inputs: Int16Array,
    first: number,
    count: number,
  ): { sums: Float64Array; squares: Float64Array; saturated: number };
  /**
   * Samples `first` … `first + count` of a stored network (sample = item · samples + k) at `inputs`, items × inputs codes.
   * Noise is addressed by (board seed, request.seed, request.firstItem + item, k): asking again gives the same codes.
   */
  forward(
    plan: ForwardPlan,
    request: Request<"forward">,
    inputs: Int16Array,
    first: number,
    count: number,
  ): ForwardSamples;
  sense(): Reply<"sense">;
  idle(): void;
  /** A restart of the board's controller: another boot id, counts from 0. Cells keep what they hold. */
  reboot(): void;
}
