import { describe, expect, it } from "vitest";
import {
  amps,
  type Descriptor,
  decodeMessage,
  descriptorOf,
  encodeMessage,
  helloOf,
  isMhoError,
  itemSize,
  itemsPerChunk,
  microsiemens,
  seconds,
  siemens,
  volts,
} from "#protocol";

const single = Math.fround;
const board: Descriptor = {
  uid: "sim-0007",
  bootId: 0xc0ffee01,
  protocol: { major: 1, minor: 0 },
  firmware: "mho-sim 0.1",
  source: "emulated",
  profile: "",
  capabilities: ["program", "readOut"],
  tiles: 8,
  rows: 128,
  cols: 64,
  dac: { min: -128, max: 127, lsb: volts(single(0.0015625)) },
  adc: { bits: 12, ranges: [amps(single(1e-4)), amps(single(5e-4))] },
  conductance: {
    lsb: siemens(single(1e-8)),
    min: siemens(200 * single(1e-8)),
    max: siemens(20_000 * single(1e-8)),
  },
  limits: { readVoltage: volts(single(0.3)), pulseVoltage: volts(3.5), pulseWidth: seconds(single(1e-5)) },
  maxFrame: 2080,
  window: 4,
  tickHz: 1_000_000,
  watchdog: seconds(2),
};

describe("hello", () => {
  it("brings the whole descriptor over the wire", () => {
    const payload = encodeMessage("hello", "reply", helloOf(board));
    expect(descriptorOf(decodeMessage("hello", "reply", payload))).toEqual(board);
  });

  it("rounds the conductance window to counts", () => {
    const hello = helloOf({
      ...board,
      conductance: { lsb: siemens(1e-8), min: microsiemens(2.004), max: microsiemens(150.006) },
    });
    expect([hello.conductanceMin, hello.conductanceMax]).toEqual([200, 15_001]);
  });

  it("of another table or major version is refused with both versions named", () => {
    for (const other of [{ tableHash: 1 }, { major: 2 }]) {
      try {
        descriptorOf({ ...helloOf(board), ...other });
        expect.unreachable();
      } catch (error) {
        expect(isMhoError(error, "PROTOCOL_MISMATCH")).toBe(true);
      }
    }
    expect(descriptorOf({ ...helloOf(board), minor: 3 }).protocol.minor).toBe(3);
  });

  it("that names an unknown source is refused; a capability of the future is passed over", () => {
    expect(() => descriptorOf({ ...helloOf(board), source: 9 })).toThrow(/source 9/);
    expect(descriptorOf({ ...helloOf(board), capabilities: 0x8000_0001 }).capabilities).toEqual(["program"]);
  });
});

describe("chunks of a stream", () => {
  it("fill a frame and never overflow it", () => {
    for (const maxFrame of [64, 256, 2080, 65_535])
      for (const size of [1, 3, 12, 40]) {
        const items = new Uint8Array(itemsPerChunk(maxFrame, size) * size);
        const frame = encodeMessage("chunk", "reply", { chunk: 0, ticks: 0, items }).length + 12;
        expect(frame).toBeLessThanOrEqual(maxFrame);
        expect(frame + size).toBeGreaterThan(maxFrame);
      }
  });

  it("refuse an item that is wider than a frame", () => {
    expect(itemsPerChunk(256, 232)).toBe(1);
    expect(() => itemsPerChunk(256, 233)).toThrow(
      "bytes of a stream's item = 233 does not fit the wire (1 to 232)",
    );
  });

  it("hold items of these bytes", () => {
    expect(itemSize.readOut(128, 12)).toBe(192);
    expect(itemSize.forward(10, 10)).toBe(13);
    expect(itemSize.readMoments(3)).toBe(36);
  });
});
