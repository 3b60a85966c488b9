import type { Area, Descriptor, Request } from "#protocol";
import { Refusal } from "./refusal.ts";

function refuseUnless(holds: boolean, reason: Refusal["reason"], facts: string): void {
  if (!holds) throw new Refusal(reason, facts);
}

export function checkArea({ tile, row, col, rows, cols }: Area, board: Descriptor): void {
  refuseUnless(rows > 0 && cols > 0, "malformed", "the area is empty");
  refuseUnless(
    tile < board.tiles && row + rows <= board.rows && col + cols <= board.cols,
    "outOfArray",
    `tile ${tile} rows ${row}+${rows} cols ${col}+${cols}; have ${board.tiles} of ${board.rows}x${board.cols}`,
  );
}

export function checkProgram(request: Request<"program">, board: Descriptor): void {
  checkArea(request, board);
  const { rows, cols, targets, tolerance } = request;
  refuseUnless(
    targets.length === rows * cols,
    "malformed",
    `${targets.length} targets for ${rows * cols} cells`,
  );
  refuseUnless(tolerance >= 0, "malformed", `tolerance ${tolerance}`);
  const { min, max, lsb } = board.conductance;
  const [least, most] = [Math.round(min / lsb), Math.round(max / lsb)];
  for (let i = 0; i < targets.length; i++)
    refuseUnless(
      targets[i]! >= least && targets[i]! <= most,
      "overLimit",
      `target ${targets[i]} outside ${least}..${most}`,
    );
}

export function checkPulse(
  { tile, row, col, amplitude, width, polarity }: Request<"pulse">,
  board: Descriptor,
): void {
  checkArea({ tile, row, col, rows: 1, cols: 1 }, board);
  refuseUnless(polarity <= 1, "malformed", `polarity ${polarity}`);
  refuseUnless(amplitude >= 0 && width >= 0, "malformed", `amplitude ${amplitude} width ${width}`);
  const { pulseVoltage, pulseWidth } = board.limits;
  // Half a millionth above: limits travel in single precision.
  refuseUnless(
    amplitude <= pulseVoltage * (1 + 5e-7),
    "overLimit",
    `${amplitude} V; at most ${pulseVoltage} V`,
  );
  refuseUnless(width <= pulseWidth * (1 + 5e-7), "overLimit", `${width} s; at most ${pulseWidth} s`);
}

export function checkCellReads(request: Request<"readCells">, board: Descriptor): void {
  checkArea(request, board);
  const reads = request.repeats * request.rows * request.cols;
  refuseUnless(reads > 0 && reads <= 65535, "malformed", `${reads} cell reads; one reply holds 1..65535`);
}

export function checkReadOut(request: Request<"readOut">, inputs: Int16Array, board: Descriptor): void {
  checkArea(request, board);
  const { rows, vectors, repeats, range } = request;
  refuseUnless(vectors > 0 && repeats > 0, "malformed", `${vectors} vectors x ${repeats} repeats`);
  refuseUnless(range < board.adc.ranges.length, "malformed", `range ${range} of ${board.adc.ranges.length}`);
  refuseUnless(
    inputs.length === vectors * rows,
    "malformed",
    `${inputs.length} codes for ${vectors} x ${rows}`,
  );
  const { min, max } = board.dac;
  for (let i = 0; i < inputs.length; i++)
    refuseUnless(
      inputs[i]! >= min && inputs[i]! <= max,
      "overLimit",
      `DAC code ${inputs[i]} outside ${min}..${max}`,
    );
}
