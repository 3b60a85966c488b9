import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bar,
  beside,
  colourDepth,
  drawPixels,
  greys,
  resample,
  viridis,
  visibleWidth,
} from "../../src/cli/picture/index.ts";

const chequer = { width: 2, height: 2, values: Float32Array.of(0, 1, 1, 0) };

describe("the colour map", () => {
  // matplotlib's viridis at 0, 0.5 and 1: #440154, #21918c, #fde725.
  it.each([
    [0, [68, 1, 84]],
    [128, [33, 145, 140]],
    [255, [253, 231, 37]],
  ])("is viridis at entry %i, within 6 of 255", (entry, published) =>
    published.forEach((value, channel) => {
      expect(Math.abs(viridis[entry]![channel]! - value)).toBeLessThanOrEqual(6);
    }),
  );
  it("grows brighter all the way, so that more is never shown darker", () => {
    const luminance = viridis.map(([r, g, b]) => 0.2126 * r + 0.7152 * g + 0.0722 * b);
    luminance.slice(1).forEach((value, i) => {
      expect(value).toBeGreaterThan(luminance[i]! - 0.3);
    });
  });
});

describe("a picture in half blocks", () => {
  it("has the upper pixel's colour on the lower one's", () =>
    expect(drawPixels(chequer, greys, "truecolor")).toEqual([
      "\x1b[38;2;0;0;0;48;2;255;255;255m▀\x1b[38;2;255;255;255;48;2;0;0;0m▀\x1b[0m",
    ]));
  it("takes the 6×6×6 cube where the terminal has 256 colours: black is 16, white 231", () =>
    expect(drawPixels(chequer, greys, "256")[0]).toBe(
      "\x1b[38;5;16;48;5;231m▀\x1b[38;5;231;48;5;16m▀\x1b[0m",
    ));
  it("is plain ASCII without colour, half grey where black stands on white", () =>
    expect(drawPixels(chequer, greys, "none")).toEqual(["++"]));
  it("selects a colour once for a run of equal pixels", () =>
    expect(drawPixels({ width: 3, height: 2, values: new Float32Array(6) }, greys, "256")[0]).toBe(
      "\x1b[38;5;16;48;5;16m▀▀▀\x1b[0m",
    ));
});

describe("resampling", () => {
  it("keeps the mean where the sizes divide", () => {
    const values = Float32Array.from({ length: 64 }, (_, i) => i / 63);
    const small = resample({ width: 8, height: 8, values }, 2, 4);
    const mean = (xs: Float32Array): number => xs.reduce((a, b) => a + b, 0) / xs.length;
    expect(mean(small.values)).toBeCloseTo(mean(values), 6);
  });
  it("invents no value: it stays between the least and the greatest, whatever the sizes", () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 20 }),
        (w, h, to) => {
          const values = Float32Array.from({ length: w * h }, (_, i) => ((i * 7) % 11) / 11);
          const made = resample({ width: w, height: h, values }, to, to).values;
          expect(Math.max(...made)).toBeLessThanOrEqual(Math.max(...values) + 1e-6);
          expect(Math.min(...made)).toBeGreaterThanOrEqual(Math.min(...values) - 1e-6);
        },
      ),
    ));
});

describe("a bar", () => {
  it.each([
    [0, ""],
    [1, "██████████"],
    [0.5, "█████"],
    [0.0125, "▏"],
    [0.0875, "▉"],
    [7, "██████████"],
  ])("for %d of ten characters is %j", (share, text) => expect(bar(share, 10, "256")).toBe(text));
  it("is made of # where the terminal has no colour", () => expect(bar(0.33, 10, "none")).toBe("###"));
});

describe("two blocks side by side", () => {
  it("line up though colours take bytes and no room", () => {
    const lines = beside(["\x1b[31mred\x1b[0m", "x"], ["right", "right"], 6);
    expect(lines.map((line) => visibleWidth(line))).toEqual([11, 11]);
  });
});

describe("the colours of a terminal", () => {
  it.each([
    [{ COLORTERM: "truecolor" }, true, "truecolor"],
    [{ TERM: "xterm-256color" }, true, "256"],
    [{ TERM: "dumb" }, true, "none"],
    [{ COLORTERM: "truecolor" }, false, "none"],
    [{ COLORTERM: "truecolor", NO_COLOR: "1" }, true, "none"],
    [{ FORCE_COLOR: "3" }, false, "truecolor"],
    [{ FORCE_COLOR: "0", COLORTERM: "truecolor" }, true, "none"],
  ])("are, for %j on a terminal: %s, %s", (env, isTty, depth) => expect(colourDepth(env, isTty)).toBe(depth));
});
