import { describe, expect, it } from "vitest";
import { decodeMessage } from "#protocol";
import { binary, frames, names, refusal, request } from "./board-terminal.ts";
import { type Asked, hostilePlans, rightPlan, vastInputs } from "./hostile-plans.ts";
import { ledgerCore } from "./ledger-core.ts";

/** What a board says to it: the name of its answer, or of the refusal, and its facts. */
async function answerTo({ store, forward }: Asked): Promise<string> {
  const board = await binary(ledgerCore({ maxFrame: 40_000 }));
  await board.say(request("storePlan", store, 1));
  const said = await board.say(request("forward", forward, 2));
  const last = frames(said).at(-1)!;
  if (names(said).at(-1) !== "refused") return names(said).at(-1)!;
  return `${refusal(last)} ${decodeMessage("refused", "reply", last.payload).facts}`;
}

describe("the simulator's endpoint", () => {
  it("runs a network that is right", async () => {
    expect(await answerTo(rightPlan)).toBe("forward");
  });

  it.each(hostilePlans)("refuses %s", async (_, asked) => {
    expect(await answerTo(asked)).toMatch(/^malformed/);
  });

  it("counts the bytes of inputs before it makes room for them", async () => {
    expect(await answerTo(vastInputs)).toBe("malformed 0 input bytes for 65535 of 65535");
  });
});
