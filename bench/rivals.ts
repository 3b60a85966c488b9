import { spawnSync } from "node:child_process";
import type { RivalRate, Rivals } from "./measure.ts";

/** Median and spread of a rate in CPU time of one thread, as `cpuRateOf` takes ours: runs of 30 ms or more. */
const timer = `
import json, math, time
def rate(f, n, runs=7):
  f(); t = time.process_time(); f()
  k = max(1, math.ceil(.03 / max(time.process_time() - t, 1e-6))); rates = []
  for _ in range(runs):
    t = time.process_time()
    for _ in range(k): f()
    rates.append(k * n / (time.process_time() - t))
  rates.sort(); m = rates[runs // 2]
  print(json.dumps({"value": m, "spread": (rates[-1 - runs // 4] - rates[runs // 4]) / m}))
`;

const oneThread = { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1", MKL_NUM_THREADS: "1" };

/** Runs Debian's Python: a later one from elsewhere would be another rival. */
function python(library: string, imports: string, program: string): RivalRate {
  const { status, stdout, stderr } = spawnSync("/usr/bin/python3", ["-c", imports + timer + program], {
    encoding: "utf8",
    env: { ...process.env, ...oneThread },
  });
  if (status === 0) return JSON.parse(stdout) as RivalRate;
  const missing = status === null || stderr.includes("ModuleNotFoundError");
  return {
    absent: missing
      ? `python3-${library} is not installed`
      : `${library}: ${stderr.trim().split("\n").at(-1)}`,
  };
}

/** The rivals of this machine, in this run. */
export const rivals: Rivals = {
  numpy: (program) =>
    python(
      "numpy",
      "import numpy as np\ng = np.random.Generator(np.random.SFC64(1)); f32 = np.float32\n",
      program,
    ),
  torch: (program) =>
    python("torch", "import torch\ntorch.set_num_threads(1); torch.set_grad_enabled(False)\n", program),
};

const absent = { absent: "rivals run with --rivals" };
export const noRivals: Rivals = { numpy: () => absent, torch: () => absent };
