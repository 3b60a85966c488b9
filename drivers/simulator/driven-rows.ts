import type { Kernels } from "#calibration";

/** From so many vectors on it pays to leave out rows that none of them drives, if these are more than one in eight. */
const fewest = 12;
const share = 7 / 8;

/** Places for the rows of at most `vectors` inputs in `k` codes that are driven, and for those rows of panels of n8 columns. */
export interface DrivenPlaces {
  readonly rows: number;
  readonly codes: number;
  readonly panels: number;
}

export function drivenPlaces(
  place: (bytes: number) => number,
  { vectors, k, n8 }: { vectors: number; k: number; n8: number },
): DrivenPlaces {
  const used = vectors < fewest ? 0 : 1;
  return {
    rows: place(4 * k * used),
    codes: place(2 * vectors * k * used + 16),
    panels: place(2 * k * n8 * used),
  };
}

/** Codes to multiply, `k` a vector, and what makes of a panel the one that they are multiplied with. */
export interface DrivenRows {
  readonly codes: number;
  readonly k: number;
  panels(from: number, n8: number): number;
}

/**
 * The inputs without the rows that none of them drives, as after a rectifier about half of them are: sums of codes are exact,
 * so that rows of zeros change no bit of them.
 */
export function drivenRows(
  kernels: Kernels,
  at: DrivenPlaces,
  { codes, vectors, k }: { codes: number; vectors: number; k: number },
): DrivenRows {
  const all = { codes, k, panels: (from: number): number => from };
  if (vectors < fewest) return all;
  const count = kernels.driven(codes, vectors, k, at.rows);
  if (count > share * k) return all;
  kernels.drivenCodes(codes, vectors, k, at.rows, count, at.codes);
  const panels = (from: number, n8: number): number => {
    kernels.drivenPanels(from, k, n8, at.rows, count, at.panels);
    return at.panels;
  };
  return { codes: at.codes, k: count, panels };
}
