/** Numbers of one element type, the last dimension of `shape` varying fastest. */
export type Elements =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

/** An array of numbers with its shape; `values.length` is the product of `shape` (1 for a scalar, whose shape is []). */
export interface Tensor {
  readonly shape: readonly number[];
  readonly values: Elements;
}

interface ElementType {
  readonly bytes: number;
  /** Takes an aligned little-endian buffer that nobody else holds. */
  readonly decode: (buffer: ArrayBuffer) => Elements;
}

/** Element types by NumPy's kind and size; bf16 (the upper half of a float32) has no NumPy name. */
export const elementTypes = {
  b1: { bytes: 1, decode: (buffer) => new Uint8Array(buffer) },
  i1: { bytes: 1, decode: (buffer) => new Int8Array(buffer) },
  u1: { bytes: 1, decode: (buffer) => new Uint8Array(buffer) },
  i2: { bytes: 2, decode: (buffer) => new Int16Array(buffer) },
  u2: { bytes: 2, decode: (buffer) => new Uint16Array(buffer) },
  i4: { bytes: 4, decode: (buffer) => new Int32Array(buffer) },
  u4: { bytes: 4, decode: (buffer) => new Uint32Array(buffer) },
  i8: { bytes: 8, decode: (buffer) => exact(new BigInt64Array(buffer)) },
  u8: { bytes: 8, decode: (buffer) => exact(new BigUint64Array(buffer)) },
  f2: { bytes: 2, decode: (buffer) => halves(new Uint16Array(buffer)) },
  bf16: { bytes: 2, decode: (buffer) => bfloats(new Uint16Array(buffer)) },
  f4: { bytes: 4, decode: (buffer) => new Float32Array(buffer) },
  f8: { bytes: 8, decode: (buffer) => new Float64Array(buffer) },
} as const satisfies Record<string, ElementType>;

export type ElementName = keyof typeof elementTypes;

/** A 64-bit integer is a double here, and only where that is exact. Errors: RangeError beyond ±2^53. */
function exact(values: BigInt64Array | BigUint64Array): Float64Array {
  const out = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    out[i] = Number(values[i]!);
    if (!Number.isSafeInteger(out[i]))
      throw new RangeError(`${values[i]!} is too large a whole number to keep exactly`);
  }
  return out;
}

/** IEEE 754 binary16 → float32, exact: sign, 5 bits of exponent (bias 15), 10 of fraction. */
function halves(bits: Uint16Array): Float32Array {
  const out = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) {
    const half = bits[i]!;
    const exponent = (half >> 10) & 0x1f;
    const fraction = half & 0x3ff;
    const sign = half >> 15 ? -1 : 1;
    if (exponent === 0x1f) out[i] = fraction === 0 ? sign * Infinity : Number.NaN;
    else if (exponent === 0) out[i] = sign * fraction * 2 ** -24;
    else out[i] = sign * (1024 + fraction) * 2 ** (exponent - 25);
  }
  return out;
}

function bfloats(bits: Uint16Array): Float32Array {
  const words = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) words[i] = bits[i]! << 16;
  return new Float32Array(words.buffer);
}

/** Turns the bytes of each element around, in place. */
function swapBytes(bytes: Uint8Array, size: number): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (size === 2) buffer.swap16();
  else if (size === 4) buffer.swap32();
  else if (size === 8) buffer.swap64();
}

/**
 * The numbers that `bytes` hold, copied out: whole elements of type `name`, little-endian unless said otherwise.
 * float16 and bfloat16 become float32, 64-bit integers float64. Errors: RangeError for an integer beyond ±2^53.
 */
export function decodeElements(bytes: Uint8Array, name: ElementName, bigEndian = false): Elements {
  const type: ElementType = elementTypes[name];
  const own = new Uint8Array(bytes);
  if (bigEndian) swapBytes(own, type.bytes);
  return type.decode(own.buffer);
}
