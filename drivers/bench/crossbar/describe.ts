import {
  amps,
  type Capability,
  type Descriptor,
  type Siemens,
  seconds,
  siemens,
  type Volts,
  volts,
} from "#protocol";
import type { Arduino } from "../firmata.ts";
import type { CrossbarFile } from "./crossbar-file.ts";

/** Signed bits of a column: of an ADS1115 at ± 4.096 V and about half its codes, or of a 10-bit pin. */
const [fineBits, coarseBits] = [14, 9];
/** Counts in which conductances travel elsewhere fit 15 bits. */
const counts = 30_000;
/** Time of the host's silence after which mini-Firmata makes the crossbar safe. */
export const watchdog = seconds(1);

/** Codes of an MCP4728 (DS22187E) and of Firmata's PWM over their range. */
export const [dacCodes, pwmCodes] = [4096, 255];
/** Step of the rows' converters; where they are mixed, the wider. */
const rowStep = ({ rows, reference }: CrossbarFile): Volts =>
  volts(reference / (rows.some((row) => "pwm" in row) ? pwmCodes : dacCodes));

/** Smallest step of the conductances that are told. */
export const conductanceStep = ({ conductance }: CrossbarFile): Siemens => siemens(conductance.max / counts);

/** What an Arduino with a passive crossbar says of itself. Its protocol and its frames are Firmata's, not the wire's. */
export function described(
  { firmware, hasWatchdog }: Arduino,
  file: CrossbarFile,
  { source, bootId }: Pick<Descriptor, "source" | "bootId">,
): Descriptor {
  const lsb = rowStep(file);
  const reach = Math.floor(file.readVoltage / lsb + 1e-9);
  const { pulser } = file;
  const capabilities: Capability[] = [...(pulser ? (["program"] as const) : []), "readCells", "readOut"];
  const fine = file.columns.every((column) => "ads1115" in column);
  return {
    ...{ uid: file.uid, bootId, protocol: { major: 0, minor: 0 }, firmware, source, profile: file.profile },
    ...{ capabilities, tiles: 1, rows: file.rows.length, cols: file.columns.length },
    dac: { min: -Math.min(reach, Math.floor(file.zero / lsb)), max: reach, lsb },
    adc: { bits: fine ? fineBits : coarseBits, ranges: [amps(fullScale(file) / file.feedback)] },
    conductance: { lsb: conductanceStep(file), ...file.conductance },
    limits: {
      readVoltage: file.readVoltage,
      // A board without a pulser gives no pulse at all; its limit is what its rows reach.
      pulseVoltage: pulser?.most ?? volts(file.reference - file.zero),
      pulseWidth: pulser?.width ?? seconds(0),
    },
    ...{ maxFrame: 64, window: 1, tickHz: 1e6, watchdog: hasWatchdog ? watchdog : seconds(0) },
  };
}

/** Volts that a column's amplifier can go down from `zero`, or up to the end of its converter: the lesser. */
function fullScale({ zero, columns, analogReference }: CrossbarFile): number {
  const end = columns.every((column) => "ads1115" in column) ? 4.096 : analogReference;
  return Math.min(zero, end - zero);
}
