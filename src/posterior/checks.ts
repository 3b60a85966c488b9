import { MhoError } from "#protocol";

/** Refuses a number of samples that cannot be drawn. Errors: OPTION_INVALID. */
export function requireSamples(samples: number): void {
  if (Number.isSafeInteger(samples) && samples >= 1) return;
  throw new MhoError("OPTION_INVALID", {
    option: "samples",
    value: samples,
    why: "it must be a whole number of at least 1",
  });
}
