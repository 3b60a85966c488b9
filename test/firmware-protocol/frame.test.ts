import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  crc32c,
  encodeFrame,
  type Frame,
  FrameDecoder,
  frameLimit,
  frameOverhead,
  kept,
  tableHash,
} from "#protocol";
import { stuff, stuffedSize, unstuff } from "../../firmware-protocol/cobs.ts";

fc.configureGlobal({ seed: 20_261_121 });

const u16 = fc.nat(0xffff);
// Half zeros and half 0xff now and then: what COBS treats differently from noise.
const bytes = (maxLength: number): fc.Arbitrary<Uint8Array> =>
  fc.oneof(
    fc.uint8Array({ maxLength }),
    fc.array(fc.constantFrom(0, 1, 254, 255), { maxLength }).map((a) => Uint8Array.from(a)),
  );
const frame: fc.Arbitrary<Frame> = fc.record({
  id: fc.nat(255),
  flags: fc.nat(255),
  seq: u16,
  re: u16,
  credits: u16,
  payload: bytes(700),
});
const cuts = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 20 });
const noise = fc.uint8Array({ minLength: 1, maxLength: 400 }).map((a) => a.map((byte) => byte || 7));

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(pieces));
}
function pushed(decoder: FrameDecoder, wire: Uint8Array, sizes: readonly number[]): Frame[] {
  const frames: Frame[] = [];
  for (let at = 0, i = 0; at < wire.length; i++) {
    const size = sizes[i % sizes.length]!;
    frames.push(...decoder.push(wire.slice(at, at + size)));
    at += size;
  }
  return frames;
}
const ping: Frame = {
  id: 0x02,
  flags: 0,
  seq: 7,
  re: 7,
  credits: 0xffff,
  payload: Uint8Array.of(1, 0, 0, 0),
};

describe("COBS", () => {
  it("gives the bytes back, holds no 0x00 and costs at most one byte in 254 and one more", () =>
    fc.assert(
      fc.property(bytes(1200), (plain) => {
        const to = new Uint8Array(stuffedSize(plain.length));
        const stuffed = to.subarray(0, stuff(plain, to));
        expect(stuffed.includes(0)).toBe(false);
        expect(stuffed.length).toBeLessThanOrEqual(plain.length + Math.floor(plain.length / 254) + 1);
        const back = new Uint8Array(stuffed.length);
        expect(back.subarray(0, unstuff(stuffed, back))).toEqual(plain);
      }),
    ));

  it("says so when a block runs past the end", () => {
    expect(unstuff(Uint8Array.of(5, 1, 2), new Uint8Array(8))).toBe(-1);
    expect(unstuff(Uint8Array.from(Buffer.from("\ntext\n")), new Uint8Array(8))).toBe(-1);
    expect(unstuff(Uint8Array.from(Buffer.from("\nbinary\n")), new Uint8Array(16))).toBe(-1);
  });
});

describe("CRC-32C", () => {
  it("continues: the CRC of a after b is the CRC of both", () =>
    fc.assert(
      fc.property(bytes(100), bytes(100), (a, b) => {
        expect(crc32c(b, crc32c(a))).toBe(crc32c(joined([a, b])));
      }),
    ));
});

describe("frame decoder", () => {
  it("gives the same frames however the port cuts the bytes", () =>
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 6 }), cuts, (frames, sizes) => {
        const decoder = new FrameDecoder();
        expect(pushed(decoder, joined(frames.map(encodeFrame)), sizes)).toEqual(frames);
        expect(decoder.figures).toMatchObject({ framesIn: frames.length, crcErrors: 0, discarded: 0 });
      }),
    ));

  it("finds every whole frame between garbage that is delimited, and counts each garbage byte", () =>
    fc.assert(
      fc.property(fc.array(fc.tuple(noise, frame), { maxLength: 5 }), noise, cuts, (pairs, tail, sizes) => {
        const zero = Uint8Array.of(0);
        const decoder = new FrameDecoder();
        const wire = joined([...pairs.flatMap(([dirt, f]) => [dirt, zero, encodeFrame(f)]), tail, zero]);
        expect(pushed(decoder, wire, sizes)).toEqual(pairs.map(([, f]) => f));
        const dirt = pairs.reduce((sum, [d]) => sum + d.length, tail.length);
        expect(decoder.figures).toMatchObject({ discarded: dirt, bytesIn: wire.length });
      }),
    ));

  it("loses only the frame that noise ran into", () => {
    const decoder = new FrameDecoder();
    const cut = encodeFrame({ ...ping, seq: 1 }).subarray(0, 9);
    const frames = decoder.push(
      joined([cut, encodeFrame({ ...ping, seq: 2 }), encodeFrame({ ...ping, seq: 3 })]),
    );
    expect(frames.map(({ seq }) => seq)).toEqual([3]);
  });

  // A false alarm, a damaged frame with a right CRC, has probability 2^-32 each: 1e-7 for all runs of this test.
  it("never gives a wrong frame for flipped bits", () =>
    fc.assert(
      fc.property(frame, fc.array(fc.nat(), { minLength: 1, maxLength: 8 }), (sent, flips) => {
        const wire = encodeFrame(sent);
        const damaged = wire.slice();
        for (const flip of flips) damaged[Math.floor(flip / 8) % wire.length]! ^= 1 << (flip % 8);
        const got = new FrameDecoder().push(joined([damaged, Uint8Array.of(0)]));
        // Flips in pairs undo each other, and what is appended to the delimiter may be cut away again.
        for (const one of got) expect(one).toEqual(sent);
      }),
      { numRuns: 400 },
    ));

  it("catches every single and double bit flip of one frame", () => {
    const wire = encodeFrame(ping);
    for (let a = 0; a < (wire.length - 1) * 8; a++)
      for (let b = a; b < (wire.length - 1) * 8; b++) {
        const damaged = wire.slice();
        damaged[a >> 3]! ^= 1 << (a & 7);
        if (b > a) damaged[b >> 3]! ^= 1 << (b & 7);
        expect(new FrameDecoder(64).push(damaged)).toEqual([]);
      }
  });

  it("counts a damaged frame once, and its bytes as discarded", () => {
    const wire = encodeFrame(ping);
    wire[wire.length - 3]! ^= 0x40; // in the CRC, past the last code byte of the stuffing
    const decoder = new FrameDecoder();
    expect(decoder.push(wire)).toEqual([]);
    expect(decoder.figures).toEqual({
      framesIn: 0,
      bytesIn: wire.length,
      crcErrors: 1,
      discarded: wire.length - 1,
    });
  });

  it("understands hello across tables, and nothing else", () => {
    const foreign = (id: number, seed: number): Uint8Array => {
      const raw = Uint8Array.of(id, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0);
      new DataView(raw.buffer).setUint32(8, crc32c(raw.subarray(0, 8), seed), true);
      const wire = new Uint8Array(stuffedSize(12) + 1);
      return wire.subarray(0, stuff(raw, wire) + 1);
    };
    expect(new FrameDecoder().push(foreign(0x81, 0))).toHaveLength(1);
    expect(new FrameDecoder().push(foreign(0x82, tableHash))).toHaveLength(1);
    expect(new FrameDecoder().push(foreign(0x82, tableHash ^ 1))).toHaveLength(0);
    expect(new FrameDecoder().push(foreign(0x82, 0))).toHaveLength(0);
  });

  it("holds a frame of maxFrame bytes and drops one that is longer", () => {
    const decoder = new FrameDecoder(100);
    const fits = { ...ping, payload: new Uint8Array(100 - frameOverhead).fill(9) };
    const wide = { ...ping, payload: new Uint8Array(400).fill(9) };
    expect(decoder.push(encodeFrame(wide))).toEqual([]);
    expect(decoder.push(encodeFrame(fits))).toEqual([fits]);
    expect(decoder.figures.discarded).toBe(encodeFrame(wide).length - 1);
  });

  it("gives frames that do not change when the chunk is used again", () => {
    const chunk = encodeFrame(ping);
    const [got] = new FrameDecoder().push(chunk);
    chunk.fill(0xee);
    expect(got).toEqual(ping);
  });

  it("hands frames on one by one, as whole as those it gives, in memory that it uses again", () => {
    fc.assert(
      fc.property(fc.array(frame, { minLength: 2, maxLength: 8 }), cuts, (sent, sizes) => {
        const line = joined(sent.map(encodeFrame));
        const decoder = new FrameDecoder();
        const heard: Frame[] = [];
        const places = new Set<ArrayBufferLike>();
        for (let at = 0, i = 0; at < line.length; at += sizes[i++ % sizes.length]!)
          decoder.each(line.subarray(at, at + sizes[i % sizes.length]!), (each) => {
            heard.push(kept(each));
            places.add(each.payload.buffer);
          });
        expect(heard).toEqual(sent);
        // Room doubles: 1, 3, … up to 700 bytes, whatever the number of frames.
        expect(places.size).toBeLessThanOrEqual(11);
      }),
    );
  });

  it("takes 4 MiB without a delimiter, holding at most one frame and looking at each byte once", () => {
    const decoder = new FrameDecoder(2048);
    let looked = 0;
    let held = 0;
    // Counts what the decoder reads of its input: bytes searched for a delimiter, and bytes copied.
    class Watched extends Uint8Array {
      override indexOf(byte: number, from = 0): number {
        const at = super.indexOf(byte, from);
        looked += (at < 0 ? this.length : at) - from;
        return at;
      }
    }
    const chunk = new Watched(new Uint8Array(64).fill(0x55));
    for (let sent = 0; sent < 4 << 20; sent += chunk.length) {
      decoder.push(chunk);
      held = Math.max(held, decoder.pending);
    }
    expect(looked).toBe(4 << 20);
    expect(held).toBeLessThanOrEqual(stuffedSize(2048));
    decoder.push(Uint8Array.of(0));
    expect(decoder.figures.discarded).toBe(4 << 20);
    expect(decoder.push(encodeFrame(ping))).toEqual([ping]);
  });
});

describe("frames on the wire", () => {
  it("cost at most 1.5 % over 2 KiB of payload", () => {
    const payload = Uint8Array.from({ length: 2048 }, (_, i) => 1 + (i % 255));
    const size = encodeFrame({ ...ping, payload }).length;
    expect(size - 2048).toBe(22); // header 8, CRC 4, stuffing 9, delimiter 1
    expect(size / 2048 - 1).toBeLessThan(0.015);
  });

  it("refuse a payload that no board can announce room for", () => {
    const payload = new Uint8Array(frameLimit - frameOverhead + 1);
    expect(() => encodeFrame({ ...ping, payload })).toThrow(/does not fit the wire/);
  });
});
