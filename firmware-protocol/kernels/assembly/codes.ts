// Codes of 1 … 16 bits to a stream of bits and back, eight at a time. Both touch up to 15 bytes past the end.

/** Lanes 0 … 7 below `count`. */
// @ts-expect-error: decorator
@inline
function first(count: i32): v128 {
  return i16x8.lt_s(i16x8(0, 1, 2, 3, 4, 5, 6, 7), i16x8.splat(<i16>count));
}

/**
 * Packs `samples` of `perSample` int16 codes at `from`, each sample from a whole byte on, and returns whether some code
 * does not fit. Neighbours are joined to pairs, pairs to fours, fours to eight codes in `bits` bytes.
 */
export function pack(from: usize, samples: i32, perSample: i32, bits: i32, out: usize): bool {
  if (bits === 16) {
    memory.copy(out, from, 2 * <usize>(samples * perSample));
    return false;
  }
  const spare = 16 - bits;
  const mask = i16x8.shr_u(i16x8.splat(-1), spare);
  const size = <usize>((perSample * bits + 7) >> 3);
  let wrong = i16x8.splat(0);
  for (; samples > 0; samples--, out += size) {
    let to = out;
    for (let left = perSample; left > 0; left -= 8, to += bits) {
      let codes = v128.load(from);
      if (left < 8) codes = v128.and(codes, first(left));
      wrong = v128.or(wrong, v128.xor(codes, i16x8.shr_s(i16x8.shl(codes, spare), spare)));
      codes = v128.and(codes, mask);
      codes = v128.or(v128.and(codes, i32x4.splat(0xffff)), i32x4.shl(i32x4.shr_u(codes, 16), bits));
      codes = v128.or(v128.and(codes, i64x2.splat(0xffffffff)), i64x2.shl(i64x2.shr_u(codes, 32), 2 * bits));
      const low = i64x2.extract_lane(codes, 0);
      const high = i64x2.extract_lane(codes, 1);
      store<u64>(to, low | (high << (4 * bits)));
      store<u64>(to, high >>> (64 - 4 * bits), 8);
      from += 2 * <usize>min(left, 8);
    }
  }
  return v128.any_true(wrong);
}

/** Unpacks what `pack` made: eight codes to fours, to pairs, to int16 with their sign. */
export function unpack(from: usize, samples: i32, perSample: i32, bits: i32, out: usize): void {
  if (bits === 16) {
    memory.copy(out, from, 2 * <usize>(samples * perSample));
    return;
  }
  const spare = 16 - bits;
  const pair = i64x2.shr_u(i64x2.splat(-1), 64 - 2 * bits);
  const one = i32x4.shr_u(i32x4.splat(-1), 32 - bits);
  const size = <usize>((perSample * bits + 7) >> 3);
  for (; samples > 0; samples--, from += size) {
    let at = from;
    for (let left = perSample; left > 0; left -= 8, at += bits) {
      const low = load<u64>(at);
      const high = (low >>> (4 * bits)) | (load<u64>(at, 8) << (64 - 4 * bits));
      let codes = i64x2.replace_lane(i64x2.splat(low), 1, high);
      codes = v128.or(v128.and(codes, pair), i64x2.shl(i64x2.shr_u(codes, 2 * bits), 32));
      codes = v128.or(v128.and(codes, one), i32x4.shl(i32x4.shr_u(codes, bits), 16));
      v128.store(out, i16x8.shr_s(i16x8.shl(codes, spare), spare));
      out += 2 * <usize>min(left, 8);
    }
  }
}
