import { MhoError, type Seconds, type Siemens, seconds, siemens } from "#protocol";

/** How conductances leave what was programmed: mean and spread about it, by age since the last verify. */
export interface RelaxationLaw {
  /** Ages that the law covers. */
  readonly ages: { readonly min: Seconds; readonly max: Seconds };
  /** Mean of G(age) − programmed. */
  shift(age: Seconds): Siemens;
  /** Standard deviation of G(age) − programmed, over devices. */
  sigma(programmed: Siemens, age: Seconds): Siemens;
}

/**
 * Relaxation of analog CMO/HfOx cells.
 *
 *   mean −0.08900206 · ln t µS      σ = 0.04201137 · ln t + 0.41183342 µS      t in s, whatever G
 *
 * Ages from 1 s: below it ln t would turn the shift upwards. The source states no last age; 10 years are accepted.
 * Source: aihwkit `inference/noise/reram.py`, ReRamCMONoiseModel; reference/physics.md §B2.
 */
export const cmoRelaxation: RelaxationLaw = {
  ages: { min: seconds(1), max: seconds(3.2e8) },
  shift: (age) => siemens(-0.08900206e-6 * Math.log(covered(cmoRelaxation, age))),
  sigma: (_, age) => siemens((0.04201137 * Math.log(covered(cmoRelaxation, age)) + 0.41183342) * 1e-6),
};

const day = 86_400;
/** Age and the polynomial's coefficients in r = G / 40 µS, constant first, in µS. */
const wanFits = [
  { age: 1, fit: [0.348, 16.03, -43.853, 45.393, -16.815] },
  { age: day, fit: [0.701, 22.086, -50.773, 47.095, -16.458] },
  { age: 2 * day, fit: [0.782, 20.274, -43.507, 37.062, -11.934] },
] as const;
const wanMax = 40e-6;

/**
 * Relaxation of the HfOx cells of NeuRRAM: no shift, and σ(r) polynomials of fourth degree, r = G / 40 µS, published at
 * 1 s, 1 day and 2 days. Between these the variance goes linearly in ln t: ours, and what a random walk in ln t does.
 *
 * Range: 0 … 40 µS, 1 s … 2 days. Source: Wan et al., Nature 608, 504 (2022); aihwkit `inference/noise/reram.py`,
 * ReRamWan2022NoiseModel (which does not scale σ to another Gmax; neither do we); reference/physics.md §B1.
 */
export const wanRelaxation: RelaxationLaw = {
  ages: { min: seconds(1), max: seconds(2 * day) },
  shift: (age) => siemens(0 * covered(wanRelaxation, age)),
  sigma(programmed, age) {
    const r = programmed / wanMax;
    if (!(r >= 0 && r <= 1 + 1e-6))
      throw new MhoError("OUT_OF_MODEL", { what: "conductance", value: programmed, range: "0 … 40 µS" });
    const later = covered(wanRelaxation, age) > day ? 2 : 1;
    const [before, after] = [wanFits[later - 1]!, wanFits[later]!];
    const share = Math.log(age / before.age) / Math.log(after.age / before.age);
    const variance = (fit: readonly number[]): number =>
      fit.reduceRight((sum, coefficient) => sum * r + coefficient, 0) ** 2;
    return siemens(Math.sqrt((1 - share) * variance(before.fit) + share * variance(after.fit)) * 1e-6);
  },
};

function covered({ ages }: RelaxationLaw, age: Seconds): Seconds {
  if (!(age >= ages.min && age <= ages.max))
    throw new MhoError("OUT_OF_MODEL", {
      what: "age since verify",
      value: age,
      range: `${ages.min} … ${ages.max} s`,
    });
  return age;
}

/**
 * What one cell's conductance gains between two looks at ages `from` ≤ `to`: a mean and the standard deviation of an
 * independent normal. Added up from look to look, every age has the law's own spread, however many looks came before:
 *
 *   shift(to) − shift(from)      √(σ(to)² − σ(from)²)      a random walk whose variance is σ(t)²
 *
 * `from` 0 is the moment of verify, where nothing has happened yet. An age between 0 and the law's first counts as that
 * first: relaxation is fastest at the beginning, and no law says how it went. Where a published σ falls with age (Wan
 * after a day below 12 µS, by 2 %) the walk stands still. Errors: OUT_OF_MODEL past the law's last age.
 */
export function relaxationStep(
  law: RelaxationLaw,
  programmed: Siemens,
  { from, to }: { from: Seconds; to: Seconds },
): { readonly shift: Siemens; readonly sigma: Siemens } {
  if (!(from >= 0 && to >= from))
    throw new MhoError("OUT_OF_MODEL", { what: "age of a later look", value: to, range: `≥ ${from} s` });
  const at = (age: Seconds): { shift: number; sigma: number } => {
    if (age === 0) return { shift: 0, sigma: 0 };
    const counted = seconds(Math.max(age, law.ages.min));
    return { shift: law.shift(counted), sigma: law.sigma(programmed, counted) };
  };
  const [before, after] = [at(from), at(to)];
  return {
    shift: siemens(after.shift - before.shift),
    sigma: siemens(Math.sqrt(Math.max(0, after.sigma ** 2 - before.sigma ** 2))),
  };
}
