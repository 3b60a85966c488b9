import { randomStream, streams } from "#calibration";
import { pipedBoard, type SimulatedCore, simulatedCore } from "#drivers";
import {
  crc32c,
  encodeFrame,
  encodeMessage,
  type ForwardPlan,
  FrameDecoder,
  idOf,
  inSiemens,
  noRequest,
  packSamples,
  type Request,
  unpackInto,
  writer,
} from "#protocol";
import { cpuRateOf, wallProbe } from "./measure.ts";
import { type Bench, contest, type Row } from "./row.ts";

const [rows, cols] = [784, 256] as const;
const sizes = [784, 256, 256, 10] as const;
/** Gaussian noise, whose moments say all. */
const settings = { profile: "pcm-hermes", rows, cols: 2 * cols, tiles: 3 } as const;

/** A core whose cells stand anywhere in their window, pair beside pair. */
async function core(engine: "moment" | "per-device"): Promise<SimulatedCore> {
  const made = await simulatedCore({ ...settings, engine });
  const { min, max } = made.descriptor.conductance;
  for (let tile = 0; tile < settings.tiles; tile++) {
    const chance = randomStream(tile, streams.reference);
    const area = { tile, row: 0, col: 0, rows, cols: settings.cols };
    made.preset(
      area,
      inSiemens(
        Float64Array.from({ length: rows * settings.cols }, () => min + (max - min) * chance.uniform()),
      ),
    );
  }
  return made;
}

/** Codes 0 … `high`, every one driven. */
function anyCodes(length: number, high: number): Int16Array {
  const chance = randomStream(9, streams.reference);
  return Int16Array.from({ length }, () => 1 + Math.floor((high - 1) * chance.uniform()));
}

/** Nanoseconds a code of each stage that the codes of one chunk go through, each alone. */
async function stages(bits: number, width: number): Promise<[name: string, nanoseconds: number][]> {
  const samples = Math.floor(32_000 / ((width * bits) / 8));
  const codes = anyCodes(samples * width, 2 ** (bits - 1) - 1);
  const items = packSamples(codes, width, bits);
  const payload = encodeMessage("chunk", "reply", { chunk: 0, ticks: 0, items });
  const frame = { id: idOf("chunk", "reply"), flags: 0, seq: 0, re: 0, credits: noRequest, payload };
  const line = encodeFrame(frame);
  const decoder = new FrameDecoder();
  const shape = { samples, perSample: width };
  const [room, message] = [new Uint8Array(items.length), writer(payload.length)];
  const work = {
    pack: () => packSamples(codes, width, bits, room),
    "stream's checksum, both ends": () => crc32c(items, crc32c(items)),
    message: () => encodeMessage("chunk", "reply", { chunk: 0, ticks: 0, items }, message),
    "frame, checksum and stuffing": () => encodeFrame(frame),
    "and back": () => decoder.each(line, () => {}),
    unpack: () => unpackInto(codes, 0, items, bits, shape),
  };
  const taken: [string, number][] = [];
  for (const [name, once] of Object.entries(work))
    taken.push([name, 1e9 / (await cpuRateOf(once, codes.length, 5)).value]);
  return taken;
}

const cost = (nanoseconds: number): string => nanoseconds.toPrecision(2);

/** What a code costs in the bare core, at each stage, and besides: garbage, session and waits. */
async function binding(row: Row, width: number, bits: number): Promise<Row> {
  const bare = 1e3 / row.limitValue!;
  const known = await stages(bits, width);
  const rest = 1e3 / row.value - bare - known.reduce((sum, [, each]) => sum + each, 0);
  const all = [["core", bare], ...known, ["session, memory", rest]] as [string, number][];
  const most = all.reduce((greatest, each) => (each[1] > greatest[1] ? each : greatest));
  const table = all.map(([name, each]) => `${name} ${cost(each)}`).join(", ");
  return { ...row, note: `binds: ${most[0]}; ns a code: ${table}` };
}

/** Read-outs of 256 columns by one engine, over the wire and by the bare core, in turn. */
async function readOuts(
  name: string,
  engine: "moment" | "per-device",
  so: { vectors: number; repeats: number },
): Promise<Row> {
  const board = await core(engine);
  await using host = await pipedBoard(board);
  const { dac, adc } = board.descriptor;
  const codes = anyCodes(so.vectors * rows, dac.max);
  const area = { tile: 0, row: 0, col: 0, rows, cols };
  const asked = { ...so, range: 0, firstSample: 0, zeros: 0 };
  const bare: Request<"readOut"> = { ...area, ...asked, inputs: new Uint8Array(0), chunks: [] };
  const samples = so.vectors * so.repeats;
  const amount = (samples * cols) / 1e6;
  const row = await contest({
    ...{ name, unit: "Mcodes/s" },
    ours: await wallProbe(() => host.readOut({ area, codes, ...asked }), amount),
    limit: ["the bare core", await wallProbe(() => board.readOut({ ...bare }, codes, 0, samples), amount)],
  });
  return binding(row, cols, adc.bits);
}

/** The network of `network`, each weight a pair of cells beside each other, each layer on a tile of its own. */
function planFor(high: number): ForwardPlan {
  const layers = sizes.slice(1).map((outputs, l) => {
    const inputs = sizes[l]!;
    const one = (value: number): Float32Array => new Float32Array(outputs).fill(value);
    return {
      ...{ inputs, outputs, range: 0, average: 1, signs: [1, -1] as const, twoPhases: false, relu: true },
      ...{ low: 0, high, topUp: undefined },
      ...{ scale: one(0.5), bias: one(high / 4), offset: one(0), floor: one(0) },
      blocks: [{ tile: l, row: 0, col: 0, rows: inputs, cols: 2 * outputs, input: 0, output: 0 }],
    };
  });
  return { outputBits: 12, layers };
}

async function forward(): Promise<Row> {
  const board = await core("moment");
  await using host = await pipedBoard(board);
  const { max } = board.descriptor.dac;
  const [items, samples] = [16, 100];
  const plan = planFor(max);
  const inputs = anyCodes(items * sizes[0], max);
  const asked = { items, samples, firstItem: 0, seed: 1 };
  const bare: Request<"forward"> = { ...asked, plan: 0, inputs: new Uint8Array(0), chunks: [] };
  return await contest({
    ...{ name: "wire-forward", unit: "inputs/s" },
    ours: await wallProbe(() => host.forward({ plan, inputs, ...asked }), items),
    limit: [
      "the bare core",
      await wallProbe(() => board.forward(plan, { ...bare }, inputs, 0, items * samples), items),
    ],
    note: `${sizes.join("-")}, ${samples} samples an input`,
  });
}

export const wireShare: Bench = {
  name: "wire",
  does: "share of the bare simulated core's rate that is left through codec and session",
  run: async () => [
    await readOuts("wire-devices", "per-device", { vectors: 8, repeats: 16 }),
    await forward(),
    await readOuts("wire-moments", "moment", { vectors: 32, repeats: 100 }),
  ],
};
