import { describe, expect, it, vi } from "vitest";
import { realClock } from "../../calibration/clock.ts";
import { seconds } from "../../firmware-protocol/index.ts";

describe("realClock", () => {
  it("counts in seconds and never goes back", () => {
    const clock = realClock();
    const readings = Array.from({ length: 1000 }, () => clock.now());
    expect(readings).toEqual(readings.toSorted((a, b) => a - b));
    expect(Math.abs(clock.now() - performance.now() / 1000)).toBeLessThan(1);
  });

  it("wakes a sleeper at once with the signal's reason, and leaves no timer behind", async () => {
    const stop = new AbortController();
    const reason = new Error("the board answered");
    const sleeping = realClock().sleep(seconds(3600), stop.signal);
    stop.abort(reason);
    await expect(sleeping).rejects.toBe(reason);
    await expect(realClock().sleep(seconds(0), stop.signal)).rejects.toBe(reason);
    expect(process.getActiveResourcesInfo().filter((name) => name === "Timeout").length).toBeLessThanOrEqual(
      1,
    );
  });

  it("sleeps a month, which one timer cannot", async () => {
    vi.useFakeTimers();
    try {
      let awake = false;
      const sleeping = realClock()
        .sleep(seconds(30 * 86_400))
        .then(() => (awake = true));
      await vi.advanceTimersByTimeAsync(29.9 * 86_400_000);
      expect(awake).toBe(false);
      await vi.advanceTimersByTimeAsync(0.2 * 86_400_000);
      await sleeping;
    } finally {
      vi.useRealTimers();
    }
  });
});
