import { type BoardProfile, type DeviceModel, deviceModel, outlook, type Sourced } from "#calibration";
import { type Seconds, type Siemens, seconds, siemens } from "#protocol";
import { type ColourDepth, drawPlot, type Plot } from "./picture/index.ts";
import { aligned, si } from "./text.ts";

const points = 61;
const day = 86_400;
const along = (count: number, at: (share: number) => number): number[] =>
  Array.from({ length: count }, (_, i) => at(i / (count - 1)));

/** What the devices of a profile do, as numbers: siemens and seconds. */
export interface ProfileCurves {
  /** Conductances, σ of one read, and σ of the programming error at the end of programming and a day later. */
  readonly conductance: readonly number[];
  readonly readSigma: readonly number[];
  readonly programmingSigma: readonly number[];
  readonly sigmaAfterDay: readonly number[];
  /** Mean and σ over devices of three conductances, by age. */
  readonly age: readonly number[];
  readonly ageing: readonly {
    readonly target: number;
    readonly mean: readonly number[];
    readonly sigma: readonly number[];
  }[];
}

function curvesOf(device: DeviceModel): ProfileCurves {
  const { min, max } = device.window;
  const conductance = along(points, (share) => min + (max - min) * share);
  const each = (value: (g: Siemens) => number): number[] => conductance.map((g) => value(siemens(g)));
  const age = along(points, (share) => (30 * day) ** share);
  const by = (target: Siemens, what: "mean" | "sigma"): number[] =>
    age.map((t) => outlook(device, target, seconds(t))[what]);
  const targets = [0.1, 0.5, 1].map((share) => siemens(min + (max - min) * share));
  return {
    conductance,
    readSigma: each((g) => device.readSigma(g, seconds(1))),
    programmingSigma: each((g) => device.programmingSigma(g)),
    sigmaAfterDay: each((g) => outlook(device, g, seconds(day)).sigma),
    age,
    ageing: targets.map((target) => ({ target, mean: by(target, "mean"), sigma: by(target, "sigma") })),
  };
}

/** A profile for `--json`: itself, and the curves that are drawn of it. */
export function profileDocument(profile: BoardProfile) {
  return { kind: "profile", ...profile, curves: curvesOf(deviceModel(profile)) };
}

const spans: readonly (readonly [Seconds, string])[] = [
  [seconds(day), "d"],
  [seconds(3600), "h"],
  [seconds(60), "min"],
  [seconds(1), "s"],
];
/** An age as people say it: 1 s, 12 h, 30 d. */
function ageText(age: number): string {
  const [span, name] = spans.find(([each]) => age >= each * 0.999) ?? [1, "s"];
  return `${Number((age / span).toPrecision(3))} ${name}`;
}

function plotsOf(curves: ProfileCurves): Plot[] {
  const { conductance, age, ageing } = curves;
  const siemensText = (value: number): string => si(value, "S");
  const overG = { x: conductance };
  const overTime = (what: "mean" | "sigma") =>
    ageing.map((cells) => ({ name: si(cells.target, "S"), x: age, y: cells[what] }));
  const axes = { xText: siemensText, yText: siemensText };
  const timed = { ...axes, logX: true, xText: ageText };
  return [
    {
      ...axes,
      title: "noise of one read, σ over conductance",
      curves: [{ ...overG, name: "new in each read", y: curves.readSigma }],
    },
    {
      ...axes,
      title: "error of a programmed cell, σ over conductance",
      curves: [
        { ...overG, name: "programmed", y: curves.programmingSigma },
        { ...overG, name: "after a day", y: curves.sigmaAfterDay },
      ],
    },
    { ...timed, title: "mean conductance over time since programming", curves: overTime("mean") },
    { ...timed, title: "spread over devices, σ over time since programming", curves: overTime("sigma") },
  ];
}

const isSourced = (value: object): value is Sourced<unknown> => "value" in value;

function written({ value, unit }: Sourced<unknown>): string {
  const one = (x: unknown): string =>
    typeof x === "number" && unit !== undefined ? si(x, unit, 4) : String(x);
  return Array.isArray(value) ? value.map(one).join(", ") : one(value);
}

function originOf({ source, note }: Sourced<unknown>): string {
  if (source !== undefined) return source;
  return note === undefined ? "assumed" : `assumed: ${note}`;
}

/** Every value of a profile with where it is from. */
function valueLines(profile: BoardProfile): string[] {
  const rows: string[][] = [];
  const walk = (value: unknown, path: string): void => {
    if (typeof value !== "object" || value === null) rows.push([path, String(value), ""]);
    else if (isSourced(value)) rows.push([path, written(value), originOf(value)]);
    else for (const [key, inner] of Object.entries(value)) walk(inner, path ? `${path}.${key}` : key);
  };
  const { name: _, says: __, ...rest } = profile;
  walk(rest, "");
  return aligned(rows);
}

/** A board profile as a person reads it: plots of its device laws, then each value with where it is from. */
export function profileLines(
  profile: BoardProfile,
  screen: { columns: number; colour: ColourDepth },
): string[] {
  const size = { width: Math.max(20, Math.min(64, screen.columns - 14)), height: 8 };
  const plots = plotsOf(curvesOf(deviceModel(profile))).flatMap((plot) =>
    plot.curves.every(({ y }) => y.every((value) => value === 0))
      ? [`${plot.title}: none`, ""]
      : [...drawPlot(plot, size, screen.colour), ""],
  );
  return [`${profile.name}: ${profile.says}`, "", ...plots, ...valueLines(profile)];
}
