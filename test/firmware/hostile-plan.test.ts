import { describe, expect, it } from "vitest";
import { hostilePlans, rightPlan } from "../drivers/hostile-plans.ts";
import { hasCompiler, hostBoard } from "./host-board.ts";
import { closes, openSession, refusalOf, request, terminal } from "./terminal.ts";

describe.skipIf(!hasCompiler)("the C endpoint (needs gcc and make)", async () => {
  const program = hasCompiler ? await hostBoard() : "";

  it("refuses networks and inputs that are none, and runs the next", async () => {
    const host = await terminal(program);
    await openSession(host);
    let seq = 0;
    const answerTo = async ({ store, forward }: typeof rightPlan): Promise<string> => {
      await host.send(request("storePlan", store, { seq: ++seq }));
      await host.next(closes(seq));
      await host.send(request("forward", forward, { seq: ++seq }));
      const last = await host.next(closes(seq));
      return last.id === 0xff ? refusalOf(last) : "forward";
    };
    for (const [what, asked] of hostilePlans) {
      expect([what, await answerTo(asked)]).toEqual([what, "malformed"]);
      expect([`after ${what}`, await answerTo(rightPlan)]).toEqual([`after ${what}`, "forward"]);
    }
    expect(host.board.complaints()).toBe("");
    await host.close();
  });
});
