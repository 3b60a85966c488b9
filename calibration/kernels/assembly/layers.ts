// What lies between two crossbars of a network: moments of column sums, activations, class probabilities.
import { E2, EXPONENT_BIAS, LN2_HIGH, LN2_LOW, LOG2E, LOWEST, ONE, ROUNDER, k, kept, rounded } from "./constants";
import { ln } from "./random";

/** Column sums of codes → mean and standard deviation in ADC codes; `count` (a multiple of 4) of each, in place. */
export function moments16(mean: usize, variance: usize, count: i32, meanScale: f32, varianceScale: f32): void {
  const m = f32x4.splat(meanScale), v = f32x4.splat(varianceScale);
  for (const end = mean + ((<usize>count) << 2); mean < end; mean += 16, variance += 16) {
    v128.store(mean, f32x4.mul(f32x4.convert_i32x4_s(v128.load(mean)), m));
    v128.store(variance, f32x4.sqrt(f32x4.mul(f32x4.convert_i32x4_s(v128.load(variance)), v)));
  }
}

/** Squares of `count` (rounded up to 4) numbers. */
export function squares(from: usize, to: usize, count: i32): void {
  for (const end = from + ((<usize>count) << 2); from < end; from += 16, to += 16) {
    const x = v128.load(from);
    v128.store(to, f32x4.mul(x, x));
  }
}

/** √ of `count` (a multiple of 4) variances, in place. */
export function roots(variance: usize, count: i32): void {
  for (const end = variance + ((<usize>count) << 2); variance < end; variance += 16)
    v128.store(variance, f32x4.sqrt(v128.load(variance)));
}

// @ts-expect-error: decorator
@inline
function shifted(codes: v128, bias: v128, gain: v128): v128 {
  return f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(codes), gain), bias);
}

/** ADC codes (rows × n8) → next input codes nearest(max(0, gain · code + bias)), at most `high`, and their squares. */
export function activations(codes: usize, bias: usize, gain: f32, high: f32, out: usize, squares: usize, rows: i32, n8: i32): void {
  const scale = f32x4.splat(gain), top = f32x4.splat(high), zero = f32x4.splat(0);
  for (let i: i32 = 0; i < rows; i++)
    for (let b = bias, end = bias + ((<usize>n8) << 2); b < end; b += 32, codes += 16, out += 16, squares += 16) {
      const code = v128.load(codes);
      let v0 = shifted(i32x4.extend_low_i16x8_s(code), v128.load(b), scale);
      let v1 = shifted(i32x4.extend_high_i16x8_s(code), v128.load(b, 16), scale);
      v0 = rounded(kept(v0, zero, top));
      v1 = rounded(kept(v1, zero, top));
      const next = i16x8.narrow_i32x4_s(v0, v1);
      v128.store(out, next);
      v128.store(squares, i16x8.mul(next, next));
    }
}

/** ADC codes of the last layer (rows × n8) → outputs gain · code + bias. */
export function outputs(codes: usize, bias: usize, gain: f32, out: usize, rows: i32, n8: i32): void {
  const scale = f32x4.splat(gain);
  for (let i: i32 = 0; i < rows; i++)
    for (let b = bias, end = bias + ((<usize>n8) << 2); b < end; b += 32, codes += 16, out += 32) {
      const code = v128.load(codes);
      v128.store(out, shifted(i32x4.extend_low_i16x8_s(code), v128.load(b), scale));
      v128.store(out, shifted(i32x4.extend_high_i16x8_s(code), v128.load(b, 16), scale), 16);
    }
}

/** e^x for x ≤ 0, from −87 on: relative error < 1.2e-7. */
// @ts-expect-error: decorator
@inline
export function exp(x: v128): v128 {
  const inRange = f32x4.pmax(x, k(LOWEST));
  const biased = f32x4.add(f32x4.mul(inRange, k(LOG2E)), k(ROUNDER));
  const n = f32x4.sub(biased, k(ROUNDER));
  const f = f32x4.sub(f32x4.sub(inRange, f32x4.mul(n, k(LN2_HIGH))), f32x4.mul(n, k(LN2_LOW)));
  let q = f32x4.add(f32x4.mul(k(E2 + 4), f), k(E2 + 3));
  q = f32x4.add(f32x4.mul(q, f), k(E2 + 2));
  q = f32x4.add(f32x4.mul(q, f), k(E2 + 1));
  q = f32x4.add(f32x4.mul(q, f), k(E2));
  q = f32x4.add(f32x4.add(f32x4.mul(f32x4.mul(q, f), f), f), k(ONE));
  return f32x4.mul(q, i32x4.shl(i32x4.add(biased, k(EXPONENT_BIAS)), 23));
}

/** G(t₀) e^(−ν ln(t / t₀)) for `count` devices (a multiple of 4), with ln(t / t₀) ≥ 0 given. */
export function drift(out: usize, g0: usize, nu: usize, count: i32, lnAge: f32): void {
  const minusAge = f32x4.splat(-lnAge);
  for (const end = out + ((<usize>count) << 2); out < end; out += 16, g0 += 16, nu += 16)
    v128.store(out, f32x4.mul(v128.load(g0), exp(f32x4.mul(v128.load(nu), minusAge))));
}

// @ts-expect-error: decorator
@inline
function total(x: v128): f32 {
  return f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3));
}

// @ts-expect-error: decorator
@inline
function ofFour(at: usize, step: usize): v128 {
  let x = v128.load32_splat(at);
  x = v128.load32_lane(at + step, x, 1);
  x = v128.load32_lane(at + step + step, x, 2);
  return v128.load32_lane(at + step + step + step, x, 3);
}

/**
 * Softmax of `samples` rows of outputs (`step` floats from one to the next, whole fours readable), averaged:
 * out = mean probabilities of the classes, then the mean entropy in nats. `work` holds 32 bytes a class.
 */
export function posterior(logits: usize, step: i32, classes: i32, samples: i32, out: usize, work: usize): void {
  const line = (<usize>step) << 2, sums = work + ((<usize>classes) << 4);
  const end = sums, lanes = i32x4(0, 1, 2, 3);
  memory.fill(sums, 0, (<usize>classes) << 4);
  let entropy = f32x4.splat(0);
  for (let s: i32 = 0; s < samples; s += 4, logits += line << 2) {
    const there = i32x4.lt_s(lanes, i32x4.splat(samples - s));
    let highest = f32x4.splat(-Infinity);
    for (let e = work, at = logits; e < end; e += 16, at += 4) {
      const x = v128.and(ofFour(at, line), there);
      highest = f32x4.pmax(highest, x);
      v128.store(e, x);
    }
    let z = f32x4.splat(0), moment = z;
    for (let e = work; e < end; e += 16) {
      const d = f32x4.sub(v128.load(e), highest), weight = exp(d);
      z = f32x4.add(z, weight);
      moment = f32x4.add(moment, f32x4.mul(weight, d));
      v128.store(e, weight);
    }
    const over = v128.and(f32x4.div(f32x4.splat(1), z), there);
    entropy = f32x4.add(entropy, f32x4.sub(v128.and(ln(z), there), f32x4.mul(moment, over)));
    for (let e = work, sum = sums; e < end; e += 16, sum += 16)
      v128.store(sum, f32x4.add(v128.load(sum), f32x4.mul(v128.load(e), over)));
  }
  for (let sum = sums, last = sums + ((<usize>classes) << 4); sum < last; sum += 16, out += 4)
    store<f32>(out, total(v128.load(sum)) / <f32>samples);
  store<f32>(out, total(entropy) / <f32>samples);
}
