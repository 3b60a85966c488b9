import { type BoardProfile, columnErrors, converterLevels, cubicCurrent, streams } from "#calibration";
import { type Area, type Descriptor, siemens, volts } from "#protocol";

/** What the rows of an area are driven at, vectors × rows: DAC codes, and what is added to each, in codes, if anything is. */
export interface Driven {
  readonly codes: Int16Array;
  readonly noise?: Float32Array | undefined;
}
/** DAC codes as they act: for each input the code that would give its current through an ohmic cell by an ideal DAC. */
export type Drive = (area: Area, driven: Driven) => Int16Array | Float32Array;

/**
 * Currents of cells that are not in proportion to the voltage, as DAC codes. Conductances are stated at full scale V₀, so
 * with I = G f(V)
 *
 *   code' = code₀ · f(V) / f(V₀)
 *
 * With resistance of the lines the currents are then taken to divide as those of ohmic cells do.
 */
function currentOf(
  { nonlinearity }: BoardProfile,
  dac: { readonly max: number; readonly lsb: number },
): ((code: number) => number) | undefined {
  if (nonlinearity === undefined) return undefined;
  const current = (code: number): number => cubicCurrent(siemens(1), volts(code * dac.lsb));
  const scale = dac.max / current(dac.max);
  return (code) => scale * current(code);
}

interface Dacs {
  readonly bits: number;
  readonly bipolar: boolean;
  /** Of a tile. */
  readonly rows: number;
  readonly seed: number;
}

/** Levels, in codes, of the DAC of row `row` of tile `tile`, one a code: gain · level + offset, with steps of its own. */
function levelsOf(
  { gain, offset, inl, dnl }: NonNullable<BoardProfile["dac"]["errors"]>,
  { tile, row }: { tile: number; row: number },
  { bits, bipolar, rows, seed }: Dacs,
): Float64Array {
  const at = { seed, stream: streams.drivers };
  const spread = { cols: rows, gain: gain.value, offset: offset.value };
  const { gains, offsets } = columnErrors(spread, { ...at, converter: tile });
  const steps = { bits, gain: 0, offset: 0, inl: inl.value, dnl: dnl.value };
  // The levels of a signed converter begin at −2^(bits−1); a unipolar DAC counts them from 0.
  const lowest = bipolar ? 0 : 2 ** (bits - 1);
  return converterLevels(steps, { ...at, converter: tile * rows + row }).map(
    (level) => gains[row]! * (level + lowest) + offsets[row]!,
  );
}

/** The drivers of a board, one a row of each tile, fixed by its seed; ideal where the profile says nothing of them. */
export function driveOf(profile: BoardProfile, { dac, rows }: Descriptor, seed: number): Drive {
  const { errors } = profile.dac;
  const bipolar = dac.min < 0;
  const bits = Math.log2(dac.max + 1) + (bipolar ? 1 : 0);
  const below = bipolar ? 2 ** (bits - 1) : 0;
  const current = currentOf(profile, dac);
  const known = new Map<number, Float64Array>();
  const levels = (tile: number, row: number): Float64Array | undefined => {
    const held = known.get(tile * rows + row);
    if (errors === undefined || held !== undefined) return held;
    const made = levelsOf(errors, { tile, row }, { bits, bipolar, rows, seed });
    known.set(tile * rows + row, made);
    return made;
  };
  return (area, { codes, noise }) => {
    if (errors === undefined && current === undefined) return codes;
    const ofRow = Array.from({ length: area.rows }, (_, i) => levels(area.tile, area.row + i));
    return Float32Array.from(codes, (code, at) => {
      const driven = (ofRow[at % area.rows]?.[code + below] ?? code) + (noise?.[at] ?? 0);
      return current?.(driven) ?? driven;
    });
  };
}
