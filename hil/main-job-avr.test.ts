import { describe, expect, it } from "vitest";
import { evaluate } from "../src/pipeline.ts";
import { done, expectAsSimulated, law, smallJob } from "./main-job.ts";
import { lacking, virtualBoard } from "./virtual-board.ts";

describe.skipIf(lacking("avr-gcc"))("the main job on an emulated AVR", () => {
  it.each(["atmega2560", "atmega328p"])(
    "comes out on an %s as on simulated boards, the host running the layers, which the board cannot",
    async (chip) => {
      const job = await smallJob();
      const { machine, board } = await virtualBoard(`emulated:${chip}?baud=1000000`);
      const [found, made] = await done(job, board, "host");
      await expectAsSimulated(found, job);
      expect([machine.overruns, machine.front.mistakes]).toEqual([0, []]);
      const two = { images: job.x.subarray(0, 2 * 49), labels: job.labels.subarray(0, 2) };
      const onBoard = evaluate(made, board, two, { samples: 2, device: await law(), layers: "board" });
      await expect(onBoard).rejects.toMatchObject({ code: "CAPABILITY_MISSING" });
      await board.close();
    },
  );
});
