/** Sums of the codes of `count` vectors over their repeats, and of their squares: count × cols. */
export function sumsOf(
  { codes, saturated }: { codes: Int16Array; saturated: number },
  { count, repeats, cols }: { count: number; repeats: number; cols: number },
): { sums: Float64Array; squares: Float64Array; saturated: number } {
  const [sums, squares] = [new Float64Array(count * cols), new Float64Array(count * cols)];
  for (let v = 0, from = 0; v < count; v++)
    for (let r = 0; r < repeats; r++)
      for (let at = v * cols; at < (v + 1) * cols; at++) {
        const code = codes[from++]!;
        sums[at]! += code;
        squares[at]! += code * code;
      }
  return { sums, squares, saturated };
}
