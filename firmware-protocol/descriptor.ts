import type { Descriptor } from "./board.ts";
import { sameProtocol, tableHash } from "./codec.ts";
import { MhoError } from "./errors.ts";
import { capabilities, type Reply, sources } from "./messages.ts";
import { amps, seconds, siemens, volts } from "./units.ts";

/** A board's hello, as it travels. Ranges and scales are rounded to single precision there. */
export function helloOf(board: Descriptor): Reply<"hello"> {
  return {
    major: board.protocol.major,
    minor: board.protocol.minor,
    tableHash,
    bootId: board.bootId,
    uid: board.uid,
    firmware: board.firmware,
    source: sources.indexOf(board.source),
    profile: board.profile,
    capabilities: board.capabilities.reduce((bits, name) => bits | (1 << capabilities.indexOf(name)), 0),
    tiles: board.tiles,
    rows: board.rows,
    cols: board.cols,
    dacMin: board.dac.min,
    dacMax: board.dac.max,
    dacLsb: board.dac.lsb,
    adcBits: board.adc.bits,
    adcRanges: board.adc.ranges,
    conductanceLsb: board.conductance.lsb,
    conductanceMin: Math.round(board.conductance.min / board.conductance.lsb),
    conductanceMax: Math.round(board.conductance.max / board.conductance.lsb),
    readVoltageMax: board.limits.readVoltage,
    pulseVoltageMax: board.limits.pulseVoltage,
    pulseWidthMax: board.limits.pulseWidth,
    maxFrame: board.maxFrame,
    window: board.window,
    tickHz: board.tickHz,
    watchdogMs: Math.round(board.watchdog * 1000),
  };
}

/** What the host knows of a board from its hello. PROTOCOL_MISMATCH for one of another protocol, WIRE_BROKEN for nonsense. */
export function descriptorOf(hello: Reply<"hello">): Descriptor {
  sameProtocol(hello);
  const source = sources[hello.source];
  if (source === undefined)
    throw new MhoError("WIRE_BROKEN", { message: "hello", why: `source ${hello.source} is unknown` });
  return {
    uid: hello.uid,
    bootId: hello.bootId,
    protocol: { major: hello.major, minor: hello.minor },
    firmware: hello.firmware,
    source,
    profile: hello.profile,
    capabilities: capabilities.filter((_, bit) => (hello.capabilities >>> bit) & 1),
    tiles: hello.tiles,
    rows: hello.rows,
    cols: hello.cols,
    dac: { min: hello.dacMin, max: hello.dacMax, lsb: volts(hello.dacLsb) },
    adc: { bits: hello.adcBits, ranges: Array.from(hello.adcRanges, amps) },
    conductance: {
      lsb: siemens(hello.conductanceLsb),
      min: siemens(hello.conductanceMin * hello.conductanceLsb),
      max: siemens(hello.conductanceMax * hello.conductanceLsb),
    },
    limits: {
      readVoltage: volts(hello.readVoltageMax),
      pulseVoltage: volts(hello.pulseVoltageMax),
      pulseWidth: seconds(hello.pulseWidthMax),
    },
    maxFrame: hello.maxFrame,
    window: hello.window,
    tickHz: hello.tickHz,
    watchdog: seconds(hello.watchdogMs / 1000),
  };
}
