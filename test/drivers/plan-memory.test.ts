import { describe, expect, it } from "vitest";
import { PlanMemory } from "../../drivers/simulator/plan-memory.ts";
import { Refusal } from "../../drivers/simulator/refusal.ts";
import { rightPlan } from "./hostile-plans.ts";

const { piece: bytes, size } = rightPlan.store;
const { plan: crc } = rightPlan.forward;

const refusalOf = (act: () => unknown): string => {
  try {
    act();
    return "nothing";
  } catch (error) {
    return error instanceof Refusal ? error.reason : String(error);
  }
};
/** One that holds the right plan, stored in two pieces. */
function holding(): PlanMemory {
  const memory = new PlanMemory();
  expect(memory.store({ size, at: 0, piece: bytes.subarray(0, 20) })).toEqual({ stored: 20 });
  expect(refusalOf(() => memory.plan(crc))).toBe("noPlan");
  expect(memory.store({ size, at: 20, piece: bytes.subarray(20) })).toEqual({ stored: size });
  return memory;
}

describe("the memory of a network", () => {
  it("gives the plan once it is whole, by its name only", () => {
    const memory = holding();
    expect(memory.describe()).toMatchObject({ size, crc });
    expect(memory.plan(crc).layers).toHaveLength(1);
    expect(memory.plan(crc)).toBe(memory.plan(crc));
    expect(refusalOf(() => memory.plan(crc ^ 1))).toBe("noPlan");
  });

  it.each([
    ["a piece after a gap", { size, at: 21, piece: bytes.subarray(21) }, "malformed"],
    ["a piece again", { size, at: 10, piece: bytes.subarray(10, 20) }, "malformed"],
    ["a piece of a plan of another size", { size: size + 4, at: 20, piece: bytes.subarray(20) }, "malformed"],
    ["a piece beyond the end", { size, at: 20, piece: new Uint8Array(size - 19) }, "malformed"],
    ["a plan beyond its room", { size: 2 ** 32 - 1, at: 0, piece: bytes }, "overLimit"],
  ])("refuses %s", (_, asked, why) => {
    const memory = new PlanMemory();
    memory.store({ size, at: 0, piece: bytes.subarray(0, 20) });
    expect(refusalOf(() => memory.store(asked))).toBe(why);
    expect(memory.store({ size, at: 20, piece: bytes.subarray(20) })).toEqual({ stored: size });
    expect(memory.plan(crc).layers).toHaveLength(1);
  });

  it("forgets a plan that was used as soon as the next begins, and at a restart", () => {
    const replaced = holding();
    replaced.plan(crc);
    replaced.store({ size, at: 0, piece: bytes.subarray(0, 8) });
    expect(refusalOf(() => replaced.plan(crc))).toBe("noPlan");
    const restarted = holding();
    restarted.plan(crc);
    restarted.clear();
    expect(refusalOf(() => restarted.plan(crc))).toBe("noPlan");
    expect(restarted.describe()).toMatchObject({ size: 0, crc: 0 });
  });

  it("has none without a byte", () => {
    expect(refusalOf(() => new PlanMemory().plan(0))).toBe("noPlan");
  });
});
