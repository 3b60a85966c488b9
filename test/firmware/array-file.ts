import { readFileSync } from "node:fs";

/** What the host board's array file holds (firmware-protocol/firmware/boards/host/board.h). */
export interface ArrayFile {
  readonly boots: number;
  /** Board ticks of the last pulse, and of the last time that all lines went to the safe state. */
  readonly lastPulse: number;
  readonly lastSafe: number;
  readonly driven: boolean;
  /** One each cell: tiles × rows × cols. */
  readonly siemens: Float32Array;
  readonly pulses: Uint32Array;
}

const headSize = 48;

export function readArray(path: string): ArrayFile {
  const bytes = readFileSync(path);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const cells = view.getUint32(8, true) * view.getUint32(12, true) * view.getUint32(16, true);
  const at = bytes.byteOffset + headSize;
  return {
    boots: view.getUint32(20, true),
    lastPulse: Number(view.getBigUint64(24, true)),
    lastSafe: Number(view.getBigUint64(32, true)),
    driven: view.getUint32(40, true) !== 0,
    siemens: new Float32Array(bytes.buffer.slice(at, at + 4 * cells)),
    pulses: new Uint32Array(bytes.buffer.slice(at + 4 * cells, at + 8 * cells)),
  };
}
