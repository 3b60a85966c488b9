import {
  type Capability,
  type Descriptor,
  type ForwardPlan,
  frameOverhead,
  inputBits,
  itemRoom,
  itemsPerChunk,
  type MessageName,
  packedSize,
  type Request,
  unpackSparse,
} from "#protocol";
import { Refusal } from "./refusal.ts";

type Span = Pick<Request<"readCells">, "tile" | "row" | "col" | "rows" | "cols">;

function within(facts: string, value: number, most: number): void {
  if (!(value <= most))
    throw new Refusal(
      "overLimit",
      `${facts} ${Number(value.toPrecision(4))} > ${Number(most.toPrecision(4))}`,
    );
}

function inArray(board: Descriptor, { tile, row, col, rows, cols }: Span): void {
  if (rows === 0 || cols === 0) throw new Refusal("malformed", "an area without cells");
  if (tile >= board.tiles || row + rows > board.rows || col + cols > board.cols)
    throw new Refusal(
      "outOfArray",
      `tile ${tile} ${row}+${rows} x ${col}+${cols} of ${board.tiles} ${board.rows} x ${board.cols}`,
    );
}

export function checkProgram(board: Descriptor, request: Request<"program">): void {
  inArray(board, request);
  const cells = request.rows * request.cols;
  if (request.targets.length !== cells)
    throw new Refusal("malformed", `${request.targets.length} targets for ${cells} cells`);
  const [min, max] = [board.conductance.min, board.conductance.max].map((g) =>
    Math.round(g / board.conductance.lsb),
  );
  for (const target of Array.from(request.targets))
    if (target < min! || target > max!)
      throw new Refusal("overLimit", `target ${target} outside ${min} to ${max}`);
  if (request.tolerance < 0) throw new Refusal("malformed", `tolerance ${request.tolerance}`);
}

export function checkPulse(board: Descriptor, request: Request<"pulse">): void {
  inArray(board, { ...request, rows: 1, cols: 1 });
  if (request.polarity > 1) throw new Refusal("malformed", `polarity ${request.polarity}`);
  if (!(request.amplitude >= 0 && request.width > 0))
    throw new Refusal("malformed", "amplitude or width below zero");
  within("pulse volts", request.amplitude, board.limits.pulseVoltage);
  within("pulse seconds", request.width, board.limits.pulseWidth);
}

export function checkReadCells(board: Descriptor, request: Request<"readCells">): void {
  inArray(board, request);
  within(
    "reply bytes",
    2 + 2 * request.repeats * request.rows * request.cols,
    board.maxFrame - frameOverhead,
  );
}

export function checkReadOut(board: Descriptor, request: Request<"readOut">): void {
  inArray(board, request);
  if (request.range >= board.adc.ranges.length)
    throw new Refusal("overLimit", `range ${request.range} of ${board.adc.ranges.length}`);
  const wanted = request.vectors * packedSize(request.rows, inputBits(board));
  if (request.inputs.length !== wanted)
    throw new Refusal("malformed", `${request.inputs.length} input bytes, not ${wanted}`);
}

/** Chunks that a stream is cut into, and those of them that are wanted. */
export function checkStream(
  board: Descriptor,
  { chunks }: Pick<Request<"readOut">, "chunks">,
  { items, size }: { readonly items: number; readonly size: number },
): { readonly perChunk: number; readonly wanted: ArrayLike<number> } {
  within("bytes of an item", size, itemRoom(board.maxFrame));
  const perChunk = itemsPerChunk(board.maxFrame, size);
  const all = Math.ceil(items / perChunk);
  within("chunks", all, 0xffff);
  for (const chunk of Array.from(chunks))
    if (chunk >= all) throw new Refusal("malformed", `chunk ${chunk} of ${all}`);
  return { perChunk, wanted: chunks.length > 0 ? chunks : Array.from({ length: all }, (_, chunk) => chunk) };
}

/** Whether every part of a stored network is on this board. */
export function checkForward(board: Descriptor, { layers }: ForwardPlan): void {
  for (const { blocks, range } of layers) {
    for (const block of blocks) inArray(board, block);
    if (range >= board.adc.ranges.length)
      throw new Refusal("overLimit", `range ${range} of ${board.adc.ranges.length}`);
  }
  layers.slice(1).forEach(({ twoPhases }, l) => {
    const { low, high } = layers[l]!;
    checkInputs(board, twoPhases ? Int16Array.of(Math.max(0, -low), high) : Int16Array.of(low, high));
  });
}

/**
 * Input vectors of a `forward`, items × inputs codes. The bytes are counted first: a few of them could else ask for more room
 * than there is.
 */
export function sparseInputs(
  board: Descriptor,
  { layers }: ForwardPlan,
  { items, inputs: bytes }: Request<"forward">,
): Int16Array {
  const size = layers[0]!.inputs;
  const wrong = (): Refusal =>
    new Refusal("malformed", `${bytes.length} input bytes for ${items} of ${size}`);
  if (bytes.length < items * packedSize(size, 1)) throw wrong();
  const inputs = new Int16Array(items * size);
  let at = 0;
  for (let item = 0; item < items; item++)
    at = unpackSparse(bytes, at, inputBits(board), inputs.subarray(item * size, (item + 1) * size));
  if (at !== bytes.length) throw wrong();
  checkInputs(board, layers[0]!.twoPhases ? inputs.map(Math.abs) : inputs);
  return inputs;
}

/** What each request needs that not every board offers. */
const needs: Partial<Record<MessageName, Capability>> = {
  program: "program",
  pulse: "pulse",
  readCells: "readCells",
  readOut: "readOut",
  readMoments: "readMoments",
  storePlan: "forward",
  plan: "forward",
  forward: "forward",
};

export function checkOffered({ capabilities }: Descriptor, what: MessageName): void {
  const need = needs[what];
  if (need !== undefined && !capabilities.includes(need)) throw new Refusal("unknownMessage", what);
}

/** Every code that a row is driven with, against the converter's range and the read voltage limit. */
export function checkInputs({ dac, limits }: Descriptor, inputs: Int16Array): void {
  // Scales are single precision on the wire, so a full-scale code may lie a rounding above the limit.
  const most = Math.floor((limits.readVoltage / dac.lsb) * (1 + 1e-6));
  const [low, high] = [Math.max(dac.min, -most), Math.min(dac.max, most)];
  for (let i = 0; i < inputs.length; i++) {
    const code = inputs[i]!;
    if (code < low || code > high)
      throw new Refusal("overLimit", `input code ${code} outside ${low} to ${high}`);
  }
}
