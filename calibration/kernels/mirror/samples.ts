import type { Exports, Views } from "../exports.ts";
import { kept, rounded } from "./reads.ts";

const { fround, sqrt } = Math;
/** Places within draws, as in assembly/samples.ts. */
const [runAt, holdsAt, normalState, tailState, normalsAt, tailsAt, tileNormals] = [
  16, 20, 32, 96, 160, 4256, 1024,
];

type Chance = Pick<Exports, "keyed" | "normals" | "laplaces">;
type Elementwise = Pick<
  Exports,
  "widened" | "squares16" | "coarse" | "floated" | "multiplied" | "amplified" | "tallied"
>;
type Samples = Pick<Exports, "columnMoments" | "momentCodes" | "momentLines" | "lineCodes"> & Elementwise;

/** Makes the tiles of one run after another; gives the place of a sample's first normal. */
function tiles(views: () => Views, { keyed, normals, laplaces }: Chance) {
  const next = (draws: number, laplace: boolean, count: number): void => {
    normals(draws + normalsAt, count, draws + normalState);
    if (laplace) laplaces(draws + tailsAt, count, draws + tailState);
  };
  const begin = (draws: number, run: number, laplace: boolean, count: number): void => {
    const { u32 } = views();
    keyed(draws + normalState, draws, run, 0);
    if (laplace) {
      const stream = u32[draws / 4 + 2]!;
      u32[draws / 4 + 2] = u32[draws / 4 + 3]!;
      keyed(draws + tailState, draws, run, 0);
      u32[draws / 4 + 2] = stream;
    }
    next(draws, laplace, count);
    u32[(draws + runAt) / 4] = run;
  };
  return { next, begin };
}

type Take = (r: number, column: number, value: number) => void;
interface Given {
  readonly mean: number;
  readonly gaussian: number;
  readonly laplace: number;
  readonly repeat: number;
  readonly repeats: number;
  readonly columns: number;
  readonly draws: number;
  readonly first: number;
  readonly count: number;
}

/** Every value of the samples, those of the padding too. */
function eachValue(views: () => Views, chance: Chance): (given: Given, take: Take) => void {
  const { next, begin } = tiles(views, chance);
  return ({ mean, gaussian, laplace, repeat, repeats, columns, draws, first, count }, take) => {
    const { f32, u32 } = views();
    const n8 = (columns + 7) & ~7;
    const perRun = Math.max(1, Math.floor(tileNormals / n8));
    const whole = n8 <= tileNormals;
    for (let r = 0; r < count; r++) {
      const number = (first + r) >>> 0;
      const run = Math.floor(number / perRun);
      if (!whole || u32[(draws + holdsAt) / 4] === 0 || u32[(draws + runAt) / 4] !== run) {
        begin(draws, run, laplace !== 0, whole ? perRun * n8 : tileNormals);
        u32[(draws + holdsAt) / 4] = whole ? 1 : 0;
      }
      const line = Math.floor((repeat + r) / repeats) * n8;
      for (let j = 0, z = (number - run * perRun) * n8; j < n8; j++, z++) {
        if (z === tileNormals) next(draws, laplace !== 0, tileNormals);
        z %= tileNormals;
        const normal = f32[(draws + normalsAt) / 4 + z]!;
        let value = fround(f32[mean / 4 + line + j]! + fround(f32[gaussian / 4 + line + j]! * normal));
        if (laplace !== 0)
          value = fround(value + fround(f32[laplace / 4 + line + j]! * f32[(draws + tailsAt) / 4 + z]!));
        take(r, j, value);
      }
    }
  };
}

/** Writes codes one after another and counts those at either end. */
function coder(
  views: () => Views,
  out: number,
  { columns, low, high }: { columns: number; low: number; high: number },
) {
  const { i16 } = views();
  const counted = { saturated: 0 };
  const n8 = (columns + 7) & ~7;
  const take: Take = (r, j, value) => {
    const code = rounded(kept(value, fround(low), fround(high)));
    // The padding is written too, and then the next row over it.
    i16[out / 2 + r * columns + j] = code;
    if (j < columns && (code === low || code === high)) counted.saturated++;
  };
  return { counted, take, n8 };
}

function draws(views: () => Views, chance: Chance): Pick<Samples, "momentCodes" | "momentLines"> {
  const each = eachValue(views, chance);
  return {
    momentCodes: (mean, gaussian, laplace, repeat, repeats, out, columns, low, high, at, first, count) => {
      const { counted, take } = coder(views, out, { columns, low, high });
      each({ mean, gaussian, laplace, repeat, repeats, columns, draws: at, first, count }, take);
      return counted.saturated;
    },
    momentLines: (mean, gaussian, laplace, repeat, repeats, out, columns, at, first, count) => {
      const { f32 } = views();
      const n8 = (columns + 7) & ~7;
      each({ mean, gaussian, laplace, repeat, repeats, columns, draws: at, first, count }, (r, j, value) => {
        f32[out / 4 + r * n8 + j] = value;
      });
    },
  };
}

function columnMoments(views: () => Views): Samples["columnMoments"] {
  return (mean, variance, fourth, gain, offset, effective, rows, n8) => {
    const { f32 } = views();
    for (let i = 0; i < rows; i++) {
      let least = Number.POSITIVE_INFINITY;
      for (let j = 0; j < n8; j++) {
        const at = i * n8 + j;
        const [m, s, q] = [mean / 4 + at, variance / 4 + at, fourth / 4 + at];
        const [g, v] = [f32[gain / 4 + j]!, f32[s]!];
        f32[m] = fround(g * f32[m]!) + f32[offset / 4 + j]!;
        if (fourth === 0) {
          f32[s] = Math.abs(g) * fround(sqrt(v));
          continue;
        }
        const equal = fround(fround(v * v) / f32[q]!);
        const n = v > 0 ? (equal > 1 ? equal : 1) : Number.POSITIVE_INFINITY;
        const share = fround(1 / fround(sqrt(n)));
        least = Math.min(least, n);
        f32[q] = Math.abs(g) * fround(sqrt(fround(fround(v * share) * 0.5)));
        f32[s] = Math.abs(g) * fround(sqrt(fround(v * fround(1 - share))));
      }
      f32[effective / 4 + i] = least;
    }
  };
}

const elementwise = (views: () => Views): Elementwise => ({
  widened: (codes, out, count, scale) => {
    const { f32, i16 } = views();
    for (let i = 0; i < ((count + 7) & ~7); i++) f32[out / 4 + i] = fround(scale) * i16[codes / 2 + i]!;
  },
  squares16: (codes, out, count, scale) => {
    const { i16 } = views();
    for (let i = 0; i < ((count + 7) & ~7); i++) {
      const square = rounded(fround(fround(scale) * fround(i16[codes / 2 + i]! ** 2)));
      i16[out / 2 + i] = Math.min(square, 32_767);
    }
  },
  floated: (sums, count, scale) => {
    const { f32, i32 } = views();
    for (let i = 0; i < ((count + 3) & ~3); i++)
      f32[sums / 4 + i] = fround(scale) * fround(i32[sums / 4 + i]!);
  },
  tallied: (codes, rows, columns, sums, squares) => {
    const { f64, i16 } = views();
    for (let j = 0; j < ((columns + 7) & ~7); j++) {
      let [sum, square] = [0, 0];
      for (let r = 0, at = codes / 2 + j; r < rows; r++, at += columns) {
        sum += i16[at]!;
        square += i16[at]! ** 2;
      }
      f64[sums / 8 + j] = sum;
      f64[squares / 8 + j] = square;
    }
  },
  coarse: (variance, bound, factor, rows, n8, out) => {
    const { f32, i32 } = views();
    for (let i = 0; i < rows; i++) {
      let any = 0;
      for (let j = 0; j < n8; j++) {
        const v = f32[variance / 4 + i * n8 + j]!;
        if (fround(v * v) < fround(fround(factor) * f32[bound / 4 + j]!)) any = 1;
      }
      i32[out / 4 + i] = any;
    }
  },
  multiplied: (a, b, out, count) => {
    const { f32 } = views();
    for (let i = 0; i < ((count + 3) & ~3); i++) f32[out / 4 + i] = f32[a / 4 + i]! * f32[b / 4 + i]!;
  },
  amplified: (lines, gain, offset, rows, n8) => {
    const { f32 } = views();
    for (let i = 0; i < rows * n8; i++)
      f32[lines / 4 + i] =
        fround(f32[gain / 4 + (i % n8)]! * f32[lines / 4 + i]!) + f32[offset / 4 + (i % n8)]!;
  },
});

/** The kernels of assembly/samples.ts in plain TypeScript. */
export const mirrorSamples = (views: () => Views, chance: Chance): Samples => ({
  ...draws(views, chance),
  columnMoments: columnMoments(views),
  ...elementwise(views),
  lineCodes: (lines, out, rows, columns, low, high) => {
    const { f32 } = views();
    const { counted, take, n8 } = coder(views, out, { columns, low, high });
    for (let r = 0, at = lines / 4; r < rows; r++) for (let j = 0; j < n8; j++, at++) take(r, j, f32[at]!);
    return counted.saturated;
  },
});
