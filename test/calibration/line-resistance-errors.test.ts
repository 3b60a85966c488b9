import { describe, expect, it } from "vitest";
import { factorCrossbar, solveCrossbar } from "../../calibration/index.ts";
import { drawn, linesOf } from "./circuits.ts";

const { conductances, voltages } = drawn(4, 3, 1);
const crossbar = { rows: 4, cols: 3, lines: linesOf(1, 1) };

describe("a circuit that does not hold is refused, and what is wrong is named", () => {
  it.each([
    ["a negative conductance", crossbar, conductances.with(7, -1e-6), "row 2, column 1 has -0.000001 S"],
    [
      "a conductance that is no number",
      crossbar,
      conductances.with(0, Number.NaN),
      "row 0, column 0 has NaN S",
    ],
    ["an infinite conductance", crossbar, conductances.with(0, Number.POSITIVE_INFINITY), "has Infinity S"],
    ["a missing device", crossbar, conductances.slice(1), "11 conductances for 4 × 3 devices"],
    ["no rows", { ...crossbar, rows: 0 }, conductances, "0 × 3 is no size"],
    ["half a column", { ...crossbar, cols: 1.5 }, conductances, "4 × 1.5 is no size"],
    [
      "a negative resistance",
      { ...crossbar, lines: { ...linesOf(1, 1), sense: -1 as never } },
      conductances,
      "the sense resistance is -1 Ω",
    ],
  ] as const)("%s", (_, circuit, given, says) =>
    expect(() => factorCrossbar(given, circuit)).toThrow(
      expect.objectContaining({ code: "CIRCUIT_INVALID", message: expect.stringContaining(says) }),
    ),
  );

  const factor = factorCrossbar(conductances, crossbar);
  it.each([
    ["a missing voltage", voltages.slice(1), {}, "3 voltages do not fill vectors of 4 rows"],
    ["a voltage that is no number", voltages.with(2, Number.NaN), {}, "row 2 of vector 0 is driven to NaN V"],
    [
      "a start of another size",
      voltages,
      { start: new Float64Array(11) },
      "start holds 11 voltages for 1 × 4 × 3 nodes",
    ],
  ])("%s", (_, given, options, says) =>
    expect(() => solveCrossbar(factor, given, options)).toThrow(
      expect.objectContaining({ code: "CIRCUIT_INVALID", message: expect.stringContaining(says) }),
    ),
  );

  it.each([0, 1e-16, 0.5, Number.NaN])("a tolerance of %f", (tolerance) =>
    expect(() => solveCrossbar(factor, voltages, { tolerance })).toThrow(
      expect.objectContaining({ code: "OPTION_INVALID" }),
    ),
  );
});

it("says so when the digits of a double do not hold the circuit: 1 MS devices on lines of 1 TΩ a segment", () => {
  const factor = factorCrossbar(new Float64Array(64).fill(1e6), {
    rows: 8,
    cols: 8,
    lines: linesOf(1e12, 1e12),
  });
  expect(() => solveCrossbar(factor, new Float64Array(8).fill(0.2))).toThrow(
    expect.objectContaining({
      code: "CIRCUIT_UNSOLVED",
      mend: expect.stringContaining("orders of magnitude"),
    }),
  );
});

it("says so rather than give what is no number: voltages whose power overflows", () =>
  expect(() =>
    solveCrossbar(factorCrossbar(conductances, crossbar), new Float64Array(4).fill(1e200)),
  ).toThrow(expect.objectContaining({ code: "CIRCUIT_UNSOLVED" })));
