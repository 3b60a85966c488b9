import { describe, expect, it } from "vitest";
import { addTraps, drawTraps, flipProbability, stepTraps, streams, type Traps, trapsOf } from "#calibration";
import { seconds } from "#protocol";
import { ksCritical, ksDistance, normalCdf } from "./statistics.ts";

const refused = expect.objectContaining({ code: "OUT_OF_MODEL" });
const law = { share: 0.3, amplitude: 0.02, spread: 0.8, fastest: seconds(1e-3), slowest: seconds(100) };
const at = { seed: 3, stream: streams.trapSteps };
const same = (count: number, { capture, emission }: { capture: number; emission: number }): Traps =>
  trapsOf(
    Array.from({ length: count }, (_, device) => ({
      device,
      amplitude: 0.1,
      capture,
      emission,
      captured: device % 4 === 0,
    })),
  );
const copy = (traps: Traps): Traps => ({ ...traps, captured: traps.captured.slice() });
const chance = (traps: Traps, i: number, span: number): number => {
  const [up, down] = [traps.captureRate[i]!, traps.emissionRate[i]!];
  return traps.captured[i]
    ? flipProbability(down, up, seconds(span))
    : flipProbability(up, down, seconds(span));
};

describe("the flip probability of a two-state trap", () => {
  it("composes over spans (Chapman–Kolmogorov) to 1e-14", () => {
    const [a, b] = [3, 0.7];
    const up = (t: number): number => flipProbability(a, b, seconds(t));
    const down = (t: number): number => flipProbability(b, a, seconds(t));
    for (const [s, t] of [
      [1e-6, 2],
      [0.3, 0.4],
      [5, 50],
    ] as const)
      expect(up(s) * (1 - down(t)) + (1 - up(s)) * up(t)).toBeCloseTo(up(s + t), 14);
  });

  it("is rate · Δ for short spans and the occupancy for long ones", () => {
    expect(flipProbability(3, 0.7, seconds(1e-9)) / 3e-9).toBeCloseTo(1, 8);
    expect(flipProbability(3, 1, seconds(1e9))).toBe(0.75);
    expect(flipProbability(0, 0, seconds(5))).toBe(0);
  });
});

describe("random telegraph noise", () => {
  it.each(["dense", "jumping"] as const)("dwells exponentially in both states, %s (KS at 1e-5)", (way) => {
    // Mean 1 s captured and 2 s free, looked at every 10 ms: two flips between looks are missed, 0.5 % of the rate.
    const traps = same(400, { capture: 0.5, emission: 1 });
    const since = new Float64Array(400).fill(Number.NaN);
    const dwells: [number[], number[]] = [[], []];
    for (let step = 1; step <= 3000; step++)
      stepTraps(traps, { ...at, step, span: seconds(0.01), way }, (i) => {
        const now = step * 0.01 - 0.005;
        if (Number.isFinite(since[i])) dwells[1 - traps.captured[i]!]!.push(now - since[i]!);
        since[i] = now;
      });
    [0.5, 1].forEach((rate, state) => {
      // Dwells that had time to end before the run did: those begun in its first part would be cut at 30 s.
      const seen = dwells[state]!;
      expect(seen.length).toBeGreaterThan(3000);
      expect(ksDistance(seen, (x) => 1 - Math.exp(-rate * x)) * Math.sqrt(seen.length)).toBeLessThan(
        ksCritical + 0.005 * Math.sqrt(seen.length),
      );
    });
  });

  it.each(["dense", "jumping"] as const)(
    "comes to the occupancy τ_e/(τ_c + τ_e) in one long step, %s",
    (way) => {
      // From a quarter captured to three quarters, 40 000 traps, five standard errors.
      const traps = same(40_000, { capture: 3, emission: 1 });
      stepTraps(traps, { ...at, step: 1, span: seconds(100), way });
      const captured = traps.captured.reduce((sum, held) => sum + held, 0);
      expect(Math.abs(captured - 30_000)).toBeLessThan(5 * Math.sqrt(40_000 * 0.75 * 0.25));
    },
  );

  it("flips dense and jumping alike: each octave as often as its probabilities add up to", () => {
    // 17 octaves × 2 ways × 3 spans within five standard errors: a false alarm in 1.7e4 runs.
    const traps = drawTraps({ ...law, share: 1 }, 60_000, { seed: 9, stream: streams.traps });
    for (const span of [1e-5, 1e-3, 0.5])
      for (const way of ["dense", "jumping"] as const) {
        const counts = new Float64Array(traps.device.length);
        stepTraps(copy(traps), { ...at, step: 1, span: seconds(span), way }, (i) => counts[i]!++);
        for (const { first, end } of traps.octaves) {
          let [seen, mean, variance] = [0, 0, 0];
          for (let i = first; i < end; i++) {
            const p = chance(traps, i, span);
            seen += counts[i]!;
            mean += p;
            variance += p * (1 - p);
          }
          expect(Math.abs(seen - mean)).toBeLessThan(5 * Math.sqrt(variance) + 5 * Number(variance < 4));
        }
      }
  });

  it("jumps to every trap with that trap's own probability", () => {
    // 64 traps of one octave, 20 000 fresh steps; Σ z² over traps is χ² with 64 degrees, mean 64, σ 11.3.
    const traps = trapsOf(
      Array.from({ length: 64 }, (_, device) => ({
        device,
        amplitude: 0.1,
        capture: 0.51 + device / 135,
        emission: 0.2,
        captured: device % 3 === 0,
      })),
    );
    const counts = new Float64Array(64);
    for (let step = 0; step < 20_000; step++)
      stepTraps(copy(traps), { ...at, step, span: seconds(0.02), way: "jumping" }, (i) => counts[i]!++);
    let chi2 = 0;
    counts.forEach((count, i) => {
      const p = chance(traps, i, 0.02);
      chi2 += (count - 20_000 * p) ** 2 / (20_000 * p * (1 - p));
    });
    expect(Math.abs(chi2 - 64)).toBeLessThan(5 * Math.sqrt(2 * 64));
  });

  it("has log-normal steps on the stated share of devices (KS at 1e-5)", () => {
    const traps = drawTraps(law, 20_000, { seed: 1, stream: streams.traps });
    expect(Math.abs(traps.device.length - 6000)).toBeLessThan(5 * Math.sqrt(20_000 * 0.21));
    const standard = traps.amplitude.map((a) => Math.log(a / 0.02) / 0.8);
    expect(ksDistance(standard, normalCdf) * Math.sqrt(standard.length)).toBeLessThan(ksCritical);
    expect(new Set(traps.device).size).toBe(traps.device.length);
  });

  it("lowers the conductance while captured, and has mean 0 over time", () => {
    const values = new Float32Array(4);
    addTraps(same(4, { capture: 3, emission: 1 }), values);
    expect([...values]).toEqual([-0.025, 0.075, 0.075, 0.075].map(Math.fround));
  });

  it("replays from its address, and stands still in a span of 0", () => {
    const run = (): Traps => {
      const traps = drawTraps(law, 2000, { seed: 1, stream: streams.traps });
      for (let step = 1; step < 9; step++) stepTraps(traps, { ...at, step, span: seconds(10 ** (step - 5)) });
      return traps;
    };
    const [once, again] = [run(), run()];
    expect(again.captured).toEqual(once.captured);
    stepTraps(again, { ...at, step: 99, span: seconds(0) });
    expect(again.captured).toEqual(once.captured);
  });

  it("refuses shares above 1, negative spans and empty bands", () => {
    expect(() => drawTraps({ ...law, share: 1.1 }, 1, at)).toThrow(refused);
    expect(() => drawTraps({ ...law, spread: 3 }, 1, at)).toThrow(refused);
    expect(() => drawTraps({ ...law, slowest: seconds(1e-4) }, 1, at)).toThrow(refused);
    expect(() =>
      stepTraps(same(1, { capture: 1, emission: 1 }), { ...at, step: 1, span: seconds(-1) }),
    ).toThrow(refused);
  });
});
