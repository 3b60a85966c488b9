import { describe, expect, it } from "vitest";
import { drawPlot, type Plot, visibleWidth } from "../../src/cli/picture/index.ts";
import { mho } from "./captured.ts";

const plain = { xText: String, yText: String };
const line: Plot = { ...plain, title: "y = x", curves: [{ name: "line", x: [0, 8], y: [0, 8] }] };

describe("a plot", () => {
  it("without colour has the curve as ASCII marks, the ends of both axes, and a legend", () => {
    expect(drawPlot(line, { width: 5, height: 5 }, "none")).toEqual([
      "y = x",
      "8 |    *",
      "  |   *",
      "  |  *",
      "  | *",
      "0 |*",
      "  +-----",
      "   0   8",
      "   * line",
    ]);
  });

  it("with colour has 2 × 4 braille dots a character", () => {
    const rows = drawPlot(line, { width: 2, height: 1 }, "truecolor");
    // Dots of y = x over 4 × 4 dots: left column low, right column high.
    const [, left, right] = rows[1]!.match(/m([\u2800-\u28ff])([\u2800-\u28ff])/u)!;
    expect([left, right].map((cell) => cell!.codePointAt(0)! - 0x2800)).toEqual([0x40 | 0x20, 0x02 | 0x08]);
    expect(visibleWidth(rows[1]!)).toBe(5);
  });

  it("takes x by decades where asked: the middle of 1 … 100 is 10", () => {
    const steps: Plot = {
      ...plain,
      title: "",
      logX: true,
      curves: [{ name: "steps", x: [1, 10, 100], y: [0, 2, 2] }],
    };
    const rows = drawPlot(steps, { width: 5, height: 3 }, "none");
    expect(rows.slice(1, 4)).toEqual(["2 |  ***", "  | *", "0 |*"]);
  });

  it("begins its y axis at 0 for a level curve, and below it for negative values", () => {
    const level = (y: number): Plot => ({ ...line, curves: [{ name: "level", x: [0, 1], y: [y, y] }] });
    expect(drawPlot(level(3), { width: 2, height: 2 }, "none").slice(1, 3)).toEqual(["3 |**", "0 |"]);
    expect(drawPlot(level(-3), { width: 2, height: 2 }, "none").slice(1, 3)).toEqual([" 0 |", "-3 |**"]);
    expect(drawPlot(level(0), { width: 2, height: 2 }, "none")).toHaveLength(6);
  });
});

describe("mho inspect of a profile", () => {
  it("plots its noise, error and ageing, and gives every value with its source", async () => {
    const { exitCode, stdout } = await mho(["inspect", "profiles/rram-wan2022.json"]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/noise of one read[\s\S]*400 nS \|/);
    expect(stdout).toMatch(/after a day/);
    expect(stdout).toMatch(/1 s +30 d/);
    expect(stdout).toMatch(/conductance\.max +40 µS +as above; reference of the aihwkit fit/);
    expect(stdout).toMatch(/adc\.ranges .*16 µA, 32 µA.* assumed: /);
  });

  it("says none instead of an empty plot: the ideal board has neither noise nor spread", async () => {
    const { stdout } = await mho(["inspect", "ideal"]);
    expect(stdout).toMatch(/noise of one read, σ over conductance: none/);
    expect(stdout).toMatch(/mean conductance over time[\s\S]*\| *[*o+]/);
  });

  it("gives the numbers with --json: pcm-90nm loses 34 % of 25 µS in a day, hfox-tsinghua reads 8 µS with 0.361 µS", async () => {
    const json = async (name: string) => JSON.parse((await mho(["inspect", name, "--json"])).stdout);
    const pcm = await json("pcm-90nm");
    const at = pcm.curves.age.findIndex((t: number) => t > 86_400);
    const days = pcm.curves.age[at] / 20;
    expect(pcm.curves.ageing[2].mean[at] / 25e-6).toBeCloseTo(days ** -0.049, 9);
    const hfox = await json("hfox-tsinghua");
    const eight = hfox.curves.conductance.findIndex((g: number) => Math.abs(g - 8e-6) < 1e-9);
    expect(hfox.curves.readSigma[eight] * 1e6).toBeCloseTo(0.361, 3);
    expect(hfox.conductance.max).toMatchObject({ unit: "S", source: expect.any(String) });
  });
});
