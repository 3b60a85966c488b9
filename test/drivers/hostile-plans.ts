import { crc32c, encodePlan, type ForwardPlan, type PlanLayer, packSparse, type Request } from "#protocol";

const layerOf = (inputs: number, outputs: number, changes: Partial<PlanLayer> = {}): PlanLayer => ({
  ...{
    inputs,
    outputs,
    range: 0,
    average: 1,
    signs: [1],
    twoPhases: false,
    relu: false,
    low: -256,
    high: 255,
  },
  ...{ blocks: [], topUp: undefined },
  scale: new Float32Array(outputs),
  bias: new Float32Array(outputs),
  offset: new Float32Array(outputs),
  floor: new Float32Array(outputs),
  ...changes,
});
const sparse = (...codes: number[]): Uint8Array => packSparse(Int16Array.from(codes), 8);

/** A network to store, and what to ask of it. */
export interface Asked {
  readonly store: Request<"storePlan">;
  readonly forward: Request<"forward">;
}
function asked(layer: PlanLayer, changes: Partial<Request<"forward">> = {}): Asked {
  const plan: ForwardPlan = { outputBits: 9, layers: [layer] };
  const piece = encodePlan(plan);
  const inputs = sparse(...new Array<number>(layer.inputs).fill(1));
  return {
    store: { size: piece.length, at: 0, piece },
    forward: {
      ...{ plan: crc32c(piece), items: 1, samples: 1, firstItem: 0, seed: 1, inputs, chunks: [] },
      ...changes,
    },
  };
}

/** One that every board with 8-bit inputs runs. */
export const rightPlan = asked(layerOf(2, 3));
/** What a host that means harm, or is wrong, could send to such a board; each must be refused as malformed. */
export const hostilePlans: readonly (readonly [string, Asked])[] = [
  ["a network without outputs", asked(layerOf(2, 0))],
  ["a network without inputs", asked(layerOf(0, 2))],
  ["outputs that do not fit their bits above", asked(layerOf(2, 3, { high: 256 }))],
  ["outputs that do not fit their bits below", asked(layerOf(2, 3, { low: -257 }))],
  ["outputs that end before they begin", asked(layerOf(2, 3, { low: 3, high: 2 }))],
  ["a vector that is not there", asked(layerOf(2, 3), { items: 2 })],
  ["bytes behind the last vector", asked(layerOf(2, 3), { inputs: Uint8Array.of(...sparse(1, 2), 0) })],
];
/** Eight gigabytes of input codes in no bytes at all. */
export const vastInputs = asked(layerOf(65_535, 3), { items: 65_535, inputs: new Uint8Array(0) });
