/** What RAM holds before the firmware starts, so that the depth of its stack shows afterwards. */
export const paint = 0xa5;
/** So many painted bytes in a row are below the stack; a gap within it is shorter. */
const untouched = 256;

/** Bytes of stack used in painted RAM, whose end is the stack's top. */
export function stackDepth(ram: Uint8Array): number {
  let run = 0;
  for (let at = ram.length - 1; at >= 0; at--) {
    run = ram[at] === paint ? run + 1 : 0;
    if (run === untouched) return ram.length - at - untouched;
  }
  return ram.length;
}
