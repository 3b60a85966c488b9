import { type Descriptor, MhoError } from "#protocol";
import { boardOf } from "./layer.ts";
import type { ConductanceMap, MappedBoard } from "./types.ts";

/** What must agree between the board a map was made for and another: all but which of its kind it is. */
function kind({ uid: _, ...rest }: MappedBoard): string {
  return JSON.stringify(rest);
}

function inWords({ profile, tiles, rows, cols, dac, adc }: MappedBoard): string {
  const ranges = adc.ranges.map((range) => range.toPrecision(3)).join(", ");
  return `a board of profile "${profile}" with ${tiles} tiles of ${rows}×${cols}, DAC codes ${dac.min} to ${dac.max} of ${dac.lsb} V, ADC of ${adc.bits} bits over ${ranges} A`;
}

/** Refuses a board whose devices, arrays or converters are not those the map was made for. Errors: MAP_FOR_OTHER_BOARD. */
export function requireSameBoard(map: ConductanceMap, descriptor: Descriptor): void {
  const found = boardOf(descriptor);
  if (kind(map.board) !== kind(found))
    throw new MhoError("MAP_FOR_OTHER_BOARD", { made: inWords(map.board), found: inWords(found) });
}
