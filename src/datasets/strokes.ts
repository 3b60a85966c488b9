/** A polyline of [column, row] points in pixels. */
export type Stroke = readonly (readonly [number, number])[];

/** Half the width of a stroke in pixels: MNIST's pens are 3 to 4 pixels wide. */
const halfWidth = 1.6;
/** Over how many pixels the ink fades at a stroke's edge, like MNIST's anti-aliasing. */
const fade = 1;

function distanceToSegment(
  x: number,
  y: number,
  ends: readonly [readonly [number, number], readonly [number, number]],
): number {
  const [[ax, ay], [bx, by]] = ends;
  const [dx, dy] = [bx - ax, by - ay];
  const along = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
  return Math.hypot(x - ax - along * dx, y - ay - along * dy);
}

/** Strokes as a picture of side × side values in 0 … 255: full ink on the line, fading linearly at its edge. */
export function shapeStrokes(strokes: readonly Stroke[], side: number): Uint8Array {
  const segments = strokes.flatMap((stroke) => stroke.slice(1).map((end, i) => [stroke[i]!, end] as const));
  return Uint8Array.from({ length: side * side }, (_, pixel) => {
    const [x, y] = [pixel % side, Math.floor(pixel / side)];
    const distance = Math.min(...segments.map((ends) => distanceToSegment(x, y, ends)));
    return Math.round(255 * Math.min(1, Math.max(0, (halfWidth + fade / 2 - distance) / fade)));
  });
}
