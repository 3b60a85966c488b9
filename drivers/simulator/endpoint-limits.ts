import { codeBits, type Descriptor, packedSize, type Request, samplesPerChunk } from "#protocol";
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
  within("reply bytes", 2 + 2 * request.repeats * request.rows * request.cols, board.maxFrame - 12);
}

/** Bits of a packed input code of this board. */
export const inputBits = (board: Descriptor): number => codeBits(board.dac.min, board.dac.max);

export function checkReadOut(board: Descriptor, request: Request<"readOut">): void {
  inArray(board, request);
  if (request.range >= board.adc.ranges.length)
    throw new Refusal("overLimit", `range ${request.range} of ${board.adc.ranges.length}`);
  const wanted = request.vectors * packedSize(request.rows, inputBits(board));
  if (request.inputs.length !== wanted)
    throw new Refusal("malformed", `${request.inputs.length} input bytes, not ${wanted}`);
  if (packedSize(request.cols, board.adc.bits) > board.maxFrame - 24)
    throw new Refusal("overLimit", `${request.cols} columns in a frame`);
  const chunks = Math.ceil(
    (request.vectors * request.repeats) / samplesPerChunk(board.maxFrame, request.cols, board.adc.bits),
  );
  within("chunks", chunks, 0xffff);
  for (const chunk of Array.from(request.chunks))
    if (chunk >= chunks) throw new Refusal("malformed", `chunk ${chunk} of ${chunks}`);
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
