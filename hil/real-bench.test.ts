import { describe, expect, it } from "vitest";
import type { CrossbarBoard } from "#protocol";
import { open } from "../src/cli/open.ts";
import { boardContract } from "../src/testing/index.ts";
import { readBench } from "./bench/bench-file.ts";
import { type Budgeted, budgeted } from "./bench/budget.ts";
import { findBoard } from "./bench/find.ts";
import { soak } from "./bench/soak.ts";

const path = process.env.MHO_BENCH;

describe.skipIf(!path)(
  "the board of the bench in MHO_BENCH (docs/bench-file.md; none is configured here)",
  async () => {
    if (!path) return;
    const bench = await readBench(path);
    const left = { pulses: bench.limits.pulses };
    let running: Budgeted | undefined;

    /** The board once more, with what the runs before have left of its budget. */
    async function board(): Promise<CrossbarBoard> {
      running = await budgeted(await findBoard(bench, (url) => open(url)), { ...bench.limits, ...left });
      const { board: guarded, spent } = running;
      const close = async (): Promise<void> => {
        left.pulses -= await spent().catch(() => left.pulses);
        await guarded.close();
      };
      return new Proxy(guarded, {
        get: (target, name) =>
          name === "close" || name === Symbol.asyncDispose ? close : Reflect.get(target, name),
      });
    }

    boardContract(`board ${bench.uid}`, board);

    it.skipIf(!bench.soak)(
      "soaks: every read-out comes, and it stays cool",
      { timeout: 3_600_000 },
      async () => {
        await using wet = await board();
        const found = await soak(wet, bench.soak!);
        expect(found.readOuts).toBe(bench.soak!.readOuts);
        expect(found.link.crcErrors).toBe(0);
      },
    );
  },
);
