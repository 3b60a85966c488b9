import { type BoardProfile, type CrossbarFactor, factorCrossbar, type LineResistance } from "#calibration";
import { type Area, ohms } from "#protocol";

/** Relative change of a wire's resistance a kelvin, about 300 K. NeuroSim V1.4, `wire` parameters: 0.00451 /K. */
const temperatureCoefficient = 0.00451;

/** Resistance of a board's lines at `temperature` (K), or undefined where they have none. */
export function linesOf(
  profile: BoardProfile,
  { lineResistance, temperature }: { lineResistance?: number | undefined; temperature: number },
): LineResistance | undefined {
  const warm = 1 + temperatureCoefficient * (temperature - 300);
  if (lineResistance !== undefined) {
    const segment = ohms(lineResistance * warm);
    return { wordLine: segment, bitLine: segment, driver: ohms(0), sense: ohms(0) };
  }
  const { lines } = profile;
  if (lines === undefined) return undefined;
  return {
    wordLine: ohms(lines.wordLine.value * warm),
    bitLine: ohms(lines.bitLine.value * warm),
    driver: lines.driver.value,
    sense: lines.sense.value,
  };
}

/**
 * The circuit of an area in a tile of `tileRows` rows. Drivers stand left of column 0, sense circuits below the tile's last
 * row. Cells outside the area are cut off, as by their transistors; the segments that lead past them stay.
 */
export function circuitOf(
  conductances: Float64Array,
  { row, col, rows, cols }: Area,
  { lines, tileRows }: { lines: LineResistance; tileRows: number },
): CrossbarFactor {
  const past = {
    ...lines,
    driver: ohms(lines.driver + col * lines.wordLine),
    sense: ohms(lines.sense + (tileRows - row - rows) * lines.bitLine),
  };
  return factorCrossbar(conductances, { rows, cols, lines: past });
}
