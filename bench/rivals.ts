import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Rival, Rivals } from "./measure.ts";

/** For each line it is sent, the rate of one run of 30 ms or more, in CPU time of one thread, as `cpuProbe` takes ours. */
const timer = `
import math, sys, time
def rate(f, n):
  f(); t = time.process_time(); f()
  k = max(1, math.ceil(.03 / max(time.process_time() - t, 1e-6)))
  print("ready", flush=True)
  for _ in sys.stdin:
    f(); t = time.process_time()
    for _ in range(k): f()
    print(k * n / (time.process_time() - t), flush=True)
`;

const oneThread = { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1", MKL_NUM_THREADS: "1" };

/** Starts Debian's Python, as a later one from elsewhere would be another rival, and waits until it is warm. */
async function python(library: string, program: string): Promise<Rival> {
  const child = spawn("/usr/bin/python3", ["-c", timer + program], { env: { ...process.env, ...oneThread } });
  let complaint = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint += text;
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise<void>((resolve) => child.once("error", () => resolve()).once("close", resolve));
  if ((await Promise.race([lines.next(), ended.then(() => undefined)]))?.value === "ready")
    return {
      run: async () => {
        child.stdin.write("\n");
        const { value, done } = await lines.next();
        if (done) throw new Error(`${library}: ${complaint}`);
        return Number(value);
      },
      end: () => child.stdin.end(),
    };
  await ended;
  const missing = complaint === "" || complaint.includes("ModuleNotFoundError");
  const last = complaint.trim().split("\n").at(-1);
  return { absent: missing ? `python3-${library} is not installed` : `${library}: ${last}` };
}

/** The rivals of this machine, in this run. */
export const rivals: Rivals = {
  numpy: (program) =>
    python(
      "numpy",
      `import numpy as np\ng = np.random.Generator(np.random.SFC64(1)); f32 = np.float32\n${program}`,
    ),
  torch: (program) =>
    python("torch", `import torch\ntorch.set_num_threads(1); torch.set_grad_enabled(False)\n${program}`),
};

/** In place of a rival that nobody asked for. */
export const unasked = { absent: "rivals run with --rivals" };
export const noRivals: Rivals = { numpy: async () => unasked, torch: async () => unasked };
