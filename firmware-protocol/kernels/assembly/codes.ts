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

/** Eight codes to fours, to pairs, to single ones; what stands above each is not theirs. */
// @ts-expect-error: decorator
@inline
function parted(at: usize, bits: i32): v128 {
  const low = load<u64>(at);
  const high = (low >>> (4 * bits)) | (load<u64>(at, 8) << (64 - 4 * bits));
  const pair = i64x2.shr_u(i64x2.splat(-1), 64 - 2 * bits);
  const one = i32x4.shr_u(i32x4.splat(-1), 32 - bits);
  const fours = i64x2.replace_lane(i64x2.splat(low), 1, high);
  const pairs = v128.or(v128.and(fours, pair), i64x2.shl(i64x2.shr_u(fours, 2 * bits), 32));
  return v128.or(v128.and(pairs, one), i32x4.shl(i32x4.shr_u(pairs, bits), 16));
}

/** Unpacks what `pack` made to int16; returns how many codes are the least or the greatest that `bits` hold. */
export function unpack(from: usize, samples: i32, perSample: i32, bits: i32, out: usize): i32 {
  const spare = 16 - bits;
  const least = i16x8.shl(i16x8.splat(-1), bits - 1);
  const greatest = v128.not(least);
  const size = <usize>((perSample * bits + 7) >> 3);
  let ends = i16x8.splat(0); // at most 2¹⁵ a lane: the codes of one call
  for (; samples > 0; samples--, from += size) {
    let at = from;
    for (let left = perSample; left > 0; left -= 8, at += bits) {
      let codes = bits === 16 ? v128.load(at) : parted(at, bits);
      codes = i16x8.shr_s(i16x8.shl(codes, spare), spare);
      v128.store(out, codes);
      let end = v128.or(i16x8.eq(codes, least), i16x8.eq(codes, greatest));
      if (left < 8) end = v128.and(end, first(left));
      ends = i16x8.sub(ends, end);
      out += 2 * <usize>min(left, 8);
    }
  }
  const sums = i32x4.extadd_pairwise_i16x8_u(ends);
  return i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1) + i32x4.extract_lane(sums, 2) + i32x4.extract_lane(sums, 3);
}
