import { MhoError, type Seconds } from "#protocol";

/**
 * Variance, relative to its own size, that 1/f noise has gathered over a time `t`.
 *
 *   v(t) = ln((t + t_read) / (2 t_read))      t ≥ t_read, the duration of one read
 *
 * The published noise models state the *marginal* at age t, size · √v(t). Two reads a span Δ apart differ only by what
 * gathers in Δ: read-to-read noise is v(Δ), and v(t) − v(Δ) is common to both; see `DeviceModel.persistentSigma`.
 * Source: aihwkit `inference/noise/{pcm,hermes,reram}.py`, after Nandakumar et al. (2019).
 */
export function noiseGathered(t: Seconds, tRead: Seconds): number {
  if (!(tRead > 0 && t >= tRead))
    throw new MhoError("OUT_OF_MODEL", { what: "time of 1/f noise", value: t, range: `≥ ${tRead} s` });
  return Math.log((t + tRead) / (2 * tRead));
}
