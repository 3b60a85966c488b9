import { MhoError, type Seconds } from "#protocol";

/** One-sided spectral density: `density[k]` in unit²/Hz at k · `step` Hz. */
export interface Spectrum {
  readonly step: number;
  readonly density: Float64Array;
}

/**
 * Discrete Fourier transform in place, X_k = Σ x_n e^(−2πi kn/N), N a power of two.
 * Cooley–Tukey, radix 2, decimation in time.
 */
export function fft(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  if (n < 1 || (n & (n - 1)) !== 0 || im.length !== n)
    throw new MhoError("OUT_OF_MODEL", { what: "length of a transform", value: n, range: "powers of two" });
  reverseBits(re, im);
  for (let size = 2; size <= n; size *= 2) {
    const half = size / 2;
    for (let k = 0; k < half; k++) {
      const [c, s] = [Math.cos((-2 * Math.PI * k) / size), Math.sin((-2 * Math.PI * k) / size)];
      for (let at = k; at < n; at += size) {
        const to = at + half;
        const x = c * re[to]! - s * im[to]!;
        const y = c * im[to]! + s * re[to]!;
        re[to] = re[at]! - x;
        im[to] = im[at]! - y;
        re[at]! += x;
        im[at]! += y;
      }
    }
  }
}

function reverseBits(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i >= j) continue;
    [re[i], re[j]] = [re[j]!, re[i]!];
    [im[i], im[j]] = [im[j]!, im[i]!];
  }
}

/**
 * Welch's spectrum: the mean over half-overlapping segments, each less its mean, under a Hann window, and with zeros up
 * to a power of two. `segment` counts reads, at most all of them. Source: Welch, IEEE Trans. Audio 15, 70 (1967).
 */
export function welch(
  residuals: Float64Array,
  { interval, segment }: { interval: Seconds; segment: number },
): Spectrum {
  const hop = Math.max(1, Math.floor(segment / 2));
  const segments = Math.floor((residuals.length - segment) / hop) + 1;
  if (!(segment >= 4 && segments >= 1))
    throw new MhoError("OUT_OF_MODEL", {
      what: "segment of a spectrum",
      value: segment,
      range: `4 … ${residuals.length}`,
    });
  const window = Float64Array.from(
    { length: segment },
    (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / (segment - 1)),
  );
  const power = window.reduce((sum, w) => sum + w * w, 0);
  const size = 2 ** Math.ceil(Math.log2(segment));
  const density = new Float64Array(size / 2);
  for (let start = 0; start + segment <= residuals.length; start += hop) {
    const [re, im] = [new Float64Array(size), new Float64Array(size)];
    const piece = residuals.subarray(start, start + segment);
    const mean = piece.reduce((sum, x) => sum + x, 0) / segment;
    for (let i = 0; i < segment; i++) re[i] = (piece[i]! - mean) * window[i]!;
    fft(re, im);
    for (let k = 0; k < density.length; k++)
      density[k]! += (2 * interval * (re[k]! ** 2 + im[k]! ** 2)) / power / segments;
  }
  return { step: 1 / (size * interval), density };
}

/** Least-squares slope of ln S against ln f over the band `from` … `to` in Hz: −1 for 1/f noise, 0 for white. */
export function spectrumSlope({ step, density }: Spectrum, band: { from: number; to: number }): number {
  let [n, x, y, xx, xy] = [0, 0, 0, 0, 0];
  for (let k = 1; k < density.length; k++) {
    const f = k * step;
    if (f < band.from || f > band.to) continue;
    const [lnF, lnS] = [Math.log(f), Math.log(density[k]!)];
    n++;
    x += lnF;
    y += lnS;
    xx += lnF * lnF;
    xy += lnF * lnS;
  }
  if (n < 2)
    throw new MhoError("OUT_OF_MODEL", {
      what: "band of the slope",
      value: `${band.from} … ${band.to} Hz`,
      range: "two frequencies or more",
    });
  return (n * xy - x * y) / (n * xx - x * x);
}
