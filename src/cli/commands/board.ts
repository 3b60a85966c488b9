import type { BoardClock, BoardCondition, CrossbarBoard } from "#protocol";
import { boardOption, command, report } from "../command.ts";
import { clockInWords } from "../describe.ts";
import { isReplay, open } from "../open.ts";
import { sourceInWords } from "../ready.ts";
import type { Terminal } from "../terminal.ts";
import { aligned, si } from "../text.ts";

/** Round trips from which the board's clock is fitted: eight groups of five. */
const pings = 40;

function lines(board: CrossbarBoard, condition: BoardCondition, clock: BoardClock | undefined): string[] {
  const { url, descriptor: d } = board;
  const { dac, adc, conductance, limits } = d;
  return aligned([
    ["board", `${d.uid} (${url}): ${sourceInWords(board)}${d.profile ? `, profile ${d.profile}` : ""}`],
    [
      "firmware",
      `${d.firmware}, protocol ${d.protocol.major}.${d.protocol.minor}, boot ${d.bootId.toString(16)}`,
    ],
    ["can", d.capabilities.join(", ")],
    ["array", `${d.tiles} tiles of ${d.rows} rows × ${d.cols} columns`],
    ["rows", `codes ${dac.min} … ${dac.max}, ${si(dac.lsb, "V")} a code`],
    ["columns", `${adc.bits} bits, full scale ${adc.ranges.map((range) => si(range, "A")).join(", ")}`],
    [
      "cells",
      `${si(conductance.min, "S")} … ${si(conductance.max, "S")}, ${si(conductance.lsb, "S")} a count`,
    ],
    [
      "limits",
      `read ${si(limits.readVoltage, "V")}, pulse ${si(limits.pulseVoltage, "V")} for ${si(limits.pulseWidth, "s")}`,
    ],
    ["link", `frames of ${d.maxFrame} bytes, ${d.window} open requests, watchdog ${si(d.watchdog, "s")}`],
    [
      "now",
      `${(condition.temperature - 273.15).toFixed(1)} °C, ${si(condition.supply, "V")}, ${condition.idle ? "idle" : "driving"}`,
    ],
    [
      "clock",
      clock ? clockInWords(clock) : "unknown: its ticks stand still, as in virtual time and in a replay",
    ],
    ["so far", `${condition.pulses} pulses, ${condition.readOuts} read-outs`],
  ]);
}

export const boardCommand = (terminal: Terminal) =>
  command(terminal, "board", {
    does: "Says what a board is and can do, and how its link fares.",
    examples: [
      "mho board --board 'sim:?profile=pcm-90nm'",
      "mho board --board serial:/dev/ttyACM0?baud=921600",
    ],
  })
    .addOption(boardOption())
    .action(async (options) => {
      await using board = await open(options.board, terminal);
      const condition = await board.sense();
      const { url, descriptor } = board;
      const { clock: fitted, ...link } = await board.linkFigures(pings);
      // What a replay answers has old ticks and new round trips: they make no clock.
      const clock = isReplay(url) ? undefined : fitted;
      const replay = isReplay(url) ? { replay: true } : {};
      report(terminal, options, { url, ...replay, descriptor, condition, link, clock: clock ?? null }, () =>
        lines(board, condition, clock),
      );
    });
