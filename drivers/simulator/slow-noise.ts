import {
  addTraps,
  type BoardProfile,
  drawTraps,
  flickerNoise,
  type OuProcesses,
  type OuState,
  startOu,
  stepOu,
  stepTraps,
  streams,
  type Traps,
} from "#calibration";
import { type Seconds, seconds } from "#protocol";

/** Correlated noise of the cells of one tile: 1/f noise and random telegraph noise, whose states outlive every read. */
export interface SlowNoise {
  /** Relative fluctuation of each cell's conductance at the time `at`: G(t) = G · (1 + value). */
  readonly values: Float32Array;
  at: number;
  /** Span over which the state may be taken to stand still. */
  readonly still: number;
  readonly flicker: { readonly processes: OuProcesses; readonly state: OuState } | undefined;
  readonly traps: Traps | undefined;
  step: number;
}

/** Share of the shortest correlation time over which noise stands still: its correlation is then wrong by 1.6 % at most. */
export const stillShare = 1 / 64;

/** Streams leave their upper 24 bits to us: each tile has its own. */
const ofTile = (stream: number, tile: number): number => (stream | (tile << 8)) >>> 0;

/** Noise that has gone on for ever, of tile number `tile` with `size` cells; undefined where a profile has none. */
export function startSlowNoise(
  { flicker, telegraph }: BoardProfile,
  { tile, size, seed }: { tile: number; size: number; seed: number },
): SlowNoise | undefined {
  if (flicker === undefined && telegraph === undefined) return undefined;
  const processes =
    flicker &&
    flickerNoise({
      sigma: flicker.sigma.value,
      fastest: flicker.fastest.value,
      slowest: flicker.slowest.value,
      slope: flicker.slope.value,
    });
  const trapLaw = telegraph && {
    share: telegraph.share.value,
    amplitude: telegraph.amplitude.value,
    spread: telegraph.spread.value,
    fastest: telegraph.fastest.value,
    slowest: telegraph.slowest.value,
  };
  const shortest = Math.min(
    processes?.taus[0] ?? Number.POSITIVE_INFINITY,
    trapLaw?.fastest ?? Number.POSITIVE_INFINITY,
  );
  const noise: SlowNoise = {
    values: new Float32Array(size),
    at: 0,
    still: stillShare * shortest,
    flicker: processes && {
      processes,
      state: startOu(processes, size, { seed, stream: ofTile(streams.flicker, tile) }),
    },
    traps: trapLaw && drawTraps(trapLaw, size, { seed, stream: ofTile(streams.traps, tile) }),
    step: 0,
  };
  addUp(noise);
  return noise;
}

function addUp({ values, flicker, traps }: SlowNoise): void {
  if (flicker) values.set(flicker.state.values);
  else values.fill(0);
  if (traps) addTraps(traps, values);
}

/** Moves the noise on to `now`, exactly for any span; what has passed since `at` may be shorter than `still`. */
export function moveSlowNoise(
  noise: SlowNoise,
  now: Seconds,
  { tile, seed }: { tile: number; seed: number },
): void {
  const span = seconds(now - noise.at);
  if (span < noise.still) return;
  noise.step++;
  const at = (stream: number) => ({ seed, stream: ofTile(stream, tile), step: noise.step, span });
  if (noise.flicker) stepOu(noise.flicker.state, noise.flicker.processes, at(streams.flicker));
  if (noise.traps) stepTraps(noise.traps, at(streams.trapSteps));
  noise.at = now;
  addUp(noise);
}
