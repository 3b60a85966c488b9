import { type Area, type Descriptor, MhoError, type ProgramRequest, type ReadOutRequest } from "#protocol";

const refuse = (request: string, why: string): never => {
  throw new MhoError("BOARD_REFUSED", { request, why });
};

/** BOARD_REFUSED for cells that the board has not. */
export function checkArea(request: string, area: Area, board: Descriptor): void {
  const { tile, row, col, rows, cols } = area;
  const whole = [tile, row, col, rows, cols].every(Number.isInteger);
  const inside = tile === 0 && row >= 0 && col >= 0 && row + rows <= board.rows && col + cols <= board.cols;
  if (!whole || !inside || rows < 1 || cols < 1)
    refuse(request, `cells ${row},${col} + ${rows} × ${cols} of tile ${tile} are not there`);
}

/** BOARD_REFUSED for a read-out that the board cannot do. */
export function checkReadOut(
  { area, range, codes, vectors, repeats }: ReadOutRequest,
  board: Descriptor,
): void {
  checkArea("readOut", area, board);
  if (board.adc.ranges[range] === undefined) refuse("readOut", `there is no range ${range}`);
  if (codes.length !== vectors * area.rows || repeats < 0)
    refuse("readOut", `${codes.length} codes are not ${vectors} vectors of ${area.rows}`);
  const { min, max } = board.dac;
  const beyond = codes.find((code) => code < min || code > max);
  if (beyond !== undefined) refuse("readOut", `code ${beyond} is not within ${min} … ${max}`);
}

/** BOARD_REFUSED for targets that its cells do not reach. */
export function checkProgram({ area, targets, tolerance }: ProgramRequest, board: Descriptor): void {
  checkArea("program", area, board);
  const { min, max, lsb } = board.conductance;
  if (targets.length !== area.rows * area.cols) refuse("program", "there is not one target for each cell");
  if (!(tolerance > 0)) refuse("program", `a tolerance of ${tolerance} S`);
  const beyond = targets.find((target) => !(target >= min - lsb && target <= max + lsb));
  if (beyond !== undefined) refuse("program", `${beyond} S is not within ${min} … ${max} S`);
}
