import { MhoError, type Siemens, siemens } from "#protocol";

/**
 * What relaxation adds after the last verify, so that the error found later has the measured size.
 *
 *   σ_relax² = σ_prog² − a²/3 − σ_v²
 *
 * `total` (σ_prog) is the published error of target against later reads; verify itself leaves a uniform ± `acceptance`
 * (variance a²/3) and, because it read noisily, `verify` (σ_v). A tolerance tighter than the published acceptance thus
 * helps a little, never below σ_relax; a wider one adds its own spread. All in siemens.
 * Range: the sum of the parts may not exceed the total. Source of the split: variances of independent errors add;
 * relaxation after verify as measured on ESCIM chips and by Wan et al., Nature 608, 504 (2022).
 */
export function relaxationSigma(error: { total: Siemens; acceptance: Siemens; verify: Siemens }): Siemens {
  const left = error.total ** 2 - error.acceptance ** 2 / 3 - error.verify ** 2;
  if (left < -1e-6 * error.total ** 2)
    throw new MhoError("OUT_OF_MODEL", {
      what: "verify error",
      value: Math.sqrt(error.acceptance ** 2 / 3 + error.verify ** 2),
      range: `0 … ${error.total} S, the whole programming error`,
    });
  return siemens(Math.sqrt(Math.max(0, left)));
}
