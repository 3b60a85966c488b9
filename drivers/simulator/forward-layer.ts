import { codePanels, padded, places, quantised, scratch, streams } from "#calibration";
import type { PlanLayer } from "#protocol";
import type { ForwardSamples } from "./core.ts";
import { drivenPlaces, drivenRows } from "./driven-rows.ts";
import type { PartReading } from "./forward.ts";
import { KernelMemory } from "./kernel-memory.ts";
import { highestSquare } from "./moments.ts";
import type { Burst } from "./read-out.ts";
import { drawsBytes, mostSamples } from "./reading.ts";
import { Refusal } from "./refusal.ts";

/** What lies between the read-outs of a network: apart from the memory that these are drawn in. */
const memory = new KernelMemory();
const { kernels } = memory;

/** A layer's numbers as the kernels take them, padded to whole panels. */
export interface PlacedLayer {
  readonly scale: Float32Array;
  readonly bias: Float32Array;
  readonly offset: Float32Array;
  readonly floor: Float32Array;
  readonly zeros: Float32Array;
  /** Codes of the variances to add, two to a number, and what a sum of them is worth; squares of inputs are codes too. */
  readonly topUp: Float32Array;
  readonly topUpScale: Float32Array;
  readonly perSquare: number;
}

const known = new WeakMap<PlanLayer, { readonly inputHigh: number; readonly placed: PlacedLayer }>();

/** A layer's top-up for squares of inputs in codes. */
function topUpOf({ inputs, outputs, topUp }: PlanLayer, perSquare: number) {
  if (topUp === undefined) return { topUp: new Float32Array(0), worth: new Float32Array(outputs) };
  const shape = { rows: inputs, cols: outputs };
  const { codes, lsb } = quantised(Float32Array.from(topUp.codes), shape, highestSquare);
  return {
    topUp: new Float32Array(codePanels(codes, shape).buffer),
    worth: topUp.lsb.map((each) => (each * lsb) / perSquare),
  };
}

/** Made once a layer, for input codes up to `inputHigh`. Refused where sums of codes could leave 32 bits. */
export function placedLayer(layer: PlanLayer, inputHigh: number): PlacedLayer {
  const held = known.get(layer);
  if (held?.inputHigh === inputHigh) return held.placed;
  const { outputs, blocks, signs, average } = layer;
  const reads = 2 * blocks.length * signs.length * average;
  if (reads > 2 ** 16) throw new Refusal("overLimit", `${reads} codes in a sum`);
  const line = (values: Float32Array): Float32Array => {
    const out = new Float32Array(padded(outputs));
    out.set(values);
    return out;
  };
  const perSquare = Math.min(1, highestSquare / inputHigh ** 2);
  const { topUp, worth } = topUpOf(layer, perSquare);
  const placed = {
    ...{ scale: line(layer.scale), bias: line(layer.bias) },
    ...{ offset: line(layer.offset), floor: line(layer.floor), zeros: line(new Float32Array(0)) },
    ...{ topUp, topUpScale: line(worth), perSquare },
  };
  known.set(layer, { inputHigh, placed });
  return placed;
}

/** Places in the memory for `count` samples of a layer. */
function layerPlaces({ inputs, outputs, blocks }: PlanLayer, count: number) {
  const { place } = places(scratch);
  const line = 4 * count * padded(outputs);
  const row = 2 * count * padded(inputs);
  const widest = Math.max(...blocks.map(({ cols }) => mostSamples(cols) * cols));
  return {
    ...{ sums: place(line), added: place(line), totals: place(4 * count), signs: place(48) },
    ...{ x: place(row), squares: place(row), draws: place(drawsBytes) },
    driven: drivenPlaces(place, { vectors: count, k: padded(inputs), n8: padded(outputs) }),
    ...{ codes: place(2 * widest + 16), out: place(2 * count * outputs + 16), end: place(0) },
  };
}
type LayerPlaces = ReturnType<typeof layerPlaces>;

type Counts = { -readonly [K in Exclude<keyof ForwardSamples, "codes">]: number };

/** What some samples of one item are read with. */
export interface LayerReading {
  /** One a block of the layer. */
  readonly parts: readonly ((reading: PartReading) => Burst)[];
  /** One a phase. */
  readonly keys: readonly { readonly added: Uint32Array; readonly reads: number }[];
  readonly first: number;
  readonly count: number;
  readonly counts: Counts;
}

/** One layer of `count` samples, from the input codes of one vector, or of one a sample, to `out`: count × outputs codes. */
export function throughLayer(
  layer: PlanLayer,
  placed: PlacedLayer,
  inputs: Int16Array,
  reading: LayerReading,
  out: Int16Array,
): void {
  const { outputs, relu, low, high } = layer;
  const { count, counts } = reading;
  const at = layerPlaces(layer, count);
  memory.claim(layer, at.end);
  const [scale, bias, offset] = memory.hold(placed.scale, placed.bias, placed.offset);
  addReads(layer, inputs, at, reading);
  if (layer.offset.some((each) => each !== 0)) totals(layer, inputs, at, count);
  else memory.views.f32.fill(0, at.totals / 4, at.totals / 4 + count);
  kernels.scaledSums(at.sums, scale!, bias!, offset!, at.totals, count, padded(outputs));
  if (layer.topUp || layer.floor.some((variance) => variance !== 0))
    addNoise(layer, placed, inputs, { at, reading });
  counts.clipped += kernels.requantised(at.sums, at.out, count, outputs, relu ? 1 : 0, low, high);
  out.set(memory.views.i16.subarray(at.out / 2, at.out / 2 + count * outputs));
}

/** Signed sums of the codes over read-outs, blocks, devices and phases, at `sums`. */
function addReads(layer: PlanLayer, inputs: Int16Array, at: LayerPlaces, reading: LayerReading): void {
  const { outputs, signs, average } = layer;
  const { parts, keys, first, count, counts } = reading;
  const n8 = padded(outputs);
  memory.views.i32.fill(0, at.sums / 4, at.sums / 4 + count * n8);
  const shared = inputs.length === layer.inputs;
  const phases = layer.twoPhases ? ([1, -1] as const) : ([0] as const);
  phases.forEach((phase, p) => {
    memory.views.i16.set(
      signs.map((sign) => (phase === -1 ? -sign : sign)),
      at.signs / 2,
    );
    layer.blocks.forEach((block, b) => {
      const burst = parts[b]!({
        codes: rowsOf(layer, block, inputs, phase),
        repeats: shared ? count * average : average,
        firstSample: (first * average) % 2 ** 32,
        seed: keys[p]!.reads,
      });
      const most = mostSamples(block.cols);
      for (let r = 0; r < count * average; ) {
        const here = Math.min(most, count * average - r);
        const into = memory.views.i16.subarray(at.codes / 2, at.codes / 2 + here * block.cols);
        const { codes, saturated } = burst.take(r, here, into);
        if (codes.buffer !== into.buffer) into.set(codes);
        const sums = at.sums + 4 * (Math.floor(r / average) * n8 + block.output);
        const repeat = r % average;
        kernels.signedSums(at.codes, repeat, average, block.cols, signs.length, at.signs, sums, 4 * n8, here);
        counts.saturated += saturated;
        r += here;
      }
    });
  });
}

/** Input codes of a block, of one sign where each sign has its phase: vectors × rows. */
function rowsOf(
  { inputs }: PlanLayer,
  { input, rows }: PlanLayer["blocks"][number],
  codes: Int16Array,
  phase: 0 | 1 | -1,
): Int16Array {
  if (rows === inputs && phase === 0) return codes;
  const vectors = codes.length / inputs;
  const out = new Int16Array(vectors * rows);
  for (let v = 0, at = 0; v < vectors; v++)
    for (let i = 0, from = v * inputs + input; i < rows; i++, at++, from++)
      out[at] = phase === 0 ? codes[from]! : Math.max(0, phase * codes[from]!);
  return out;
}

/** Sum of the input codes, for each sample. */
function totals({ inputs }: PlanLayer, codes: Int16Array, at: LayerPlaces, count: number): void {
  const { f32 } = memory.views;
  let total = 0;
  for (let s = 0; s < count; s++) {
    if (s * inputs < codes.length) {
      total = 0;
      for (let i = s * inputs; i < (s + 1) * inputs; i++) total += codes[i]!;
    }
    f32[at.totals / 4 + s] = total;
  }
}

/** Rows of codes at place `to`, padded to 8. */
function placePadded(
  codes: Int16Array,
  { inputs, vectors }: { inputs: number; vectors: number },
  to: number,
): void {
  const [{ i16 }, k] = [memory.views, padded(inputs)];
  i16.fill(0, to, to + vectors * k);
  for (let v = 0; v < vectors; v++) i16.set(codes.subarray(v * inputs, (v + 1) * inputs), to + v * k);
}

/** Adds √max(0, floor + Σ x² t) · ε to each value, with ε of its own. */
function addNoise(
  layer: PlanLayer,
  placed: PlacedLayer,
  codes: Int16Array,
  { at, reading: { keys, first, count, counts } }: { at: LayerPlaces; reading: LayerReading },
): void {
  const { inputs, outputs } = layer;
  const [k, n8] = [padded(inputs), padded(outputs)];
  const vectors = codes.length / inputs;
  const { topUp, topUpScale, floor, zeros, perSquare } = placed;
  const [topUpAt, scale, floorAt, zero] = memory.hold(topUp, topUpScale, floor, zeros);
  const { f32, u32, i16, i32 } = memory.views;
  if (layer.topUp) {
    if (inputs === k) i16.set(codes, at.x / 2);
    else placePadded(codes, { inputs, vectors }, at.x / 2);
    const rows = drivenRows(kernels, at.driven, { codes: at.x, vectors, k });
    kernels.squares16(rows.codes, at.squares, vectors * rows.k, perSquare);
    kernels.gemm16(at.squares, rows.panels(topUpAt!, n8), at.added, vectors, rows.k, n8);
  } else i32.fill(0, at.added / 4, at.added / 4 + vectors * n8);
  kernels.scaledSums(at.added, scale!, floorAt!, zero!, at.totals, vectors, n8);
  const short = kernels.deviations(at.added, zero!, vectors, n8);
  counts.short += vectors === count ? short : short * count;
  const added = at.added / 4;
  for (let s = vectors; s < count; s++) f32.copyWithin(added + s * n8, added, added + n8);
  u32.set([...keys[0]!.added, streams.topUp, 0, 0, 0], at.draws / 4);
  kernels.momentLines(at.sums, at.added, 0, 0, 1, at.sums, outputs, at.draws, first, count);
}
