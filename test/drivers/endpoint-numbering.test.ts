import { expect, it } from "vitest";
import type { Frame } from "#protocol";
import { Numbering } from "../../drivers/simulator/numbering.ts";

const answer: Frame = { id: 0x90, flags: 1, seq: 0, re: 5, credits: 0, payload: new Uint8Array() };

it("never carries out a late copy of an answered change, after the host has gone on", () => {
  const numbering = new Numbering();
  expect(numbering.judge(5, 5)).toBe("new");
  numbering.keep(5, answer);
  expect(numbering.judge(5, 5)).toBe(answer);
  expect(numbering.judge(6, 6)).toBe("new");
  expect(numbering.judge(5, 5)).toBe("stale");
  expect(numbering.judge(6, 6)).toBe("new");
});

it("moves its mark over the end of the numbers", () => {
  const numbering = new Numbering();
  expect(numbering.judge(0xfffd, 0xfffd)).toBe("new");
  expect(numbering.judge(2, 2)).toBe("new");
  expect(numbering.judge(0xfffd, 0xfffd)).toBe("stale");
});
