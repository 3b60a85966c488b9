import { describe, expect, it } from "vitest";
import {
  type Conv2dLayer,
  channelsFirst,
  flatten,
  im2col,
  type Layer,
  normalise,
  outputShape,
  pool,
  relu,
} from "../../src/model/index.ts";
import { missing, python, scratch, titled } from "./python.ts";

const gaussians = (count: number) => ({ mean: new Float32Array(count), std: new Float32Array(count) });
const conv = (fields: Partial<Conv2dLayer>): Conv2dLayer => {
  const base = { inChannels: 1, outChannels: 1, kernel: 3, stride: 1, padding: 0, ...fields };
  const size = base.outChannels * base.inChannels * base.kernel ** 2;
  return { type: "conv2d", name: "conv", ...base, weight: fields.weight ?? gaussians(size) };
};
/** Values that differ from each other and have both signs. */
const ramp = (count: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => Math.fround(((i * 7919) % 101) / 50 - 1));

/** patches · weightᵀ, then channels first: a convolution, one multiplication at a time. */
function convolved(layer: Conv2dLayer, shape: readonly number[], values: Float32Array): Float32Array {
  const patches = im2col(layer, shape, values);
  const size = layer.inChannels * layer.kernel ** 2;
  const rows = patches.length / size;
  const out = new Float32Array(rows * layer.outChannels);
  for (let row = 0; row < rows; row++) {
    for (let o = 0; o < layer.outChannels; o++) {
      let sum = 0;
      for (let k = 0; k < size; k++) sum += patches[row * size + k]! * layer.weight.mean[o * size + k]!;
      out[row * layer.outChannels + o] = sum;
    }
  }
  const [, outRows, outCols] = outputShape(layer, shape);
  return channelsFirst(out, layer.outChannels, outRows! * outCols!);
}

describe("im2col", () => {
  it("lists the patches of a 3 × 3 image under a 2 × 2 kernel, worked by hand", () => {
    const patches = im2col(conv({ kernel: 2 }), [1, 3, 3], Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9));
    expect([...patches]).toEqual([1, 2, 4, 5, 2, 3, 5, 6, 4, 5, 7, 8, 5, 6, 8, 9]);
  });

  it("pads with zeros", () => {
    const patches = im2col(conv({ kernel: 3, padding: 1 }), [1, 1, 1], Float32Array.of(5));
    expect([...patches]).toEqual([0, 0, 0, 0, 5, 0, 0, 0, 0]);
  });

  it("keeps the items of a batch apart", () => {
    const layer = conv({ inChannels: 2, kernel: 2, stride: 2, padding: 1 });
    const [one, two] = [ramp(32), ramp(64).subarray(32)];
    const both = im2col(layer, [2, 4, 4], Float32Array.of(...one, ...two));
    expect(both).toEqual(Float32Array.of(...im2col(layer, [2, 4, 4], one), ...im2col(layer, [2, 4, 4], two)));
  });
});

const without = missing("torch");
const folder = scratch();
describe.skipIf(without !== undefined)(titled("against torch", without), () => {
  const cases = [
    { inChannels: 1, outChannels: 6, kernel: 5, stride: 1, padding: 2, rows: 9, cols: 11 },
    { inChannels: 3, outChannels: 4, kernel: 3, stride: 2, padding: 1, rows: 8, cols: 7 },
    { inChannels: 2, outChannels: 2, kernel: 4, stride: 3, padding: 3, rows: 5, cols: 5 },
  ];
  const oracle = (): number[][] =>
    JSON.parse(
      python(
        `
import json, torch, torch.nn.functional as F
ramp = lambda n: torch.tensor([((i * 7919) % 101) / 50 - 1 for i in range(n)])
out = []
for c in json.loads('''${JSON.stringify(cases)}'''):
    x = ramp(2 * c["inChannels"] * c["rows"] * c["cols"]).reshape(2, c["inChannels"], c["rows"], c["cols"])
    w = ramp(c["outChannels"] * c["inChannels"] * c["kernel"] ** 2).reshape(c["outChannels"], c["inChannels"], c["kernel"], c["kernel"])
    out.append(F.conv2d(x, w, stride=c["stride"], padding=c["padding"]).flatten().tolist())
x = ramp(2 * 3 * 7 * 8).reshape(2, 3, 7, 8)
out += [F.max_pool2d(x, 2).flatten().tolist(), F.max_pool2d(x, 3, 2).flatten().tolist(), F.avg_pool2d(x, 3, 2).flatten().tolist()]
print(json.dumps(out))`,
        folder,
      ),
    ) as number[][];
  const close = (found: Float32Array, wanted: readonly number[]): void => {
    expect(found.length).toBe(wanted.length);
    for (const [i, value] of wanted.entries()) expect(Math.abs(found[i]! - value)).toBeLessThan(1e-5);
  };

  it("convolution by patches, and pooling, agree to 1e-5", () => {
    const wanted = oracle();
    for (const [i, { rows, cols, ...fields }] of cases.entries()) {
      const weight = {
        mean: ramp(fields.outChannels * fields.inChannels * fields.kernel ** 2),
        std: new Float32Array(),
      };
      close(
        convolved(
          conv({ ...fields, weight }),
          [fields.inChannels, rows, cols],
          ramp(2 * fields.inChannels * rows * cols),
        ),
        wanted[i]!,
      );
    }
    const images = ramp(2 * 3 * 7 * 8);
    close(pool({ type: "maxpool", size: 2, stride: 2 }, [3, 7, 8], images), wanted[3]!);
    close(pool({ type: "maxpool", size: 3, stride: 2 }, [3, 7, 8], images), wanted[4]!);
    close(pool({ type: "avgpool", size: 3, stride: 2 }, [3, 7, 8], images), wanted[5]!);
  });
});

describe("output shapes", () => {
  it.each<[Layer, number[], number[]]>([
    [conv({ kernel: 5, padding: 2, outChannels: 6 }), [1, 28, 28], [6, 28, 28]],
    [conv({ kernel: 3, stride: 2, outChannels: 4 }), [1, 8, 7], [4, 3, 3]],
    [{ type: "maxpool", size: 2, stride: 2 }, [3, 7, 8], [3, 3, 4]],
    [{ type: "flatten" }, [16, 5, 5], [400]],
    [{ type: "relu" }, [84], [84]],
  ])("of layer %# is as torch's formula gives it", (layer, shape, wanted) =>
    expect(outputShape(layer, shape)).toEqual(wanted),
  );

  it.each<[Layer, number[], string]>([
    [conv({ inChannels: 3 }), [1, 8, 8], "the input of conv has shape 1×8×8, but 3 channels is needed"],
    [conv({ kernel: 5 }), [1, 4, 4], "at least 5 rows"],
    [{ type: "maxpool", size: 2, stride: 2 }, [10], "channels × rows × columns"],
    [
      { type: "dense", name: "fc", inputs: 400, outputs: 10, weight: gaussians(4000) },
      [16, 5, 5],
      "has shape 16×5×5, but 400",
    ],
  ])("of a layer that does not fit is SHAPE_MISMATCH with both shapes (%#)", (layer, shape, says) =>
    expect(() => outputShape(layer, shape)).toThrow(says),
  );
});

describe("digital layers", () => {
  const mnist = { shape: [1, 1, 2], scale: 255, mean: 0.1307, std: 0.3081 };
  it("normalise MNIST's black to −0.42421 and white to 2.82149", () => {
    const [black, white] = normalise(mnist, new Uint8Array([0, 255]));
    expect(black).toBeCloseTo(-0.1307 / 0.3081, 6);
    expect(white).toBeCloseTo((1 - 0.1307) / 0.3081, 6);
  });

  it("do not normalise half an item", () =>
    expect(() => normalise(mnist, new Uint8Array(3))).toThrow("items of 1×1×2"));

  it("clip at 0, in place if asked, and never hide a NaN", () => {
    const values = Float32Array.of(-1, 0, 2, Number.NaN);
    expect([...relu(values)]).toEqual([0, 0, 2, Number.NaN]);
    expect(values[0]).toBe(-1);
    expect(relu(values, values)).toBe(values);
    expect(pool({ type: "maxpool", size: 2, stride: 2 }, [1, 2, 2], values)[0]).toBeNaN();
  });

  it("flatten without moving a value", () => {
    const values = ramp(8);
    expect(flatten(values)).toBe(values);
  });
});
