import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { fillNormals, randomStream } from "#calibration";
import { adamState, adamStep } from "../../src/training/adam.ts";
import { gradients } from "../../src/training/loss.ts";
import { activationsFor, inverseSoftplus, refreshStds, variationalNet } from "../../src/training/net.ts";

const python = "/usr/bin/python3";
const absent = spawnSync(python, ["-c", "import torch"]).status !== 0;

/** Local reparameterisation and Adam as a torch user would write them; the last row of each weight matrix is the bias. */
const program = `
import json, sys, torch
import torch.nn.functional as F
from torch.distributions import Normal, kl_divergence
torch.set_default_dtype(torch.float64)
d = json.load(sys.stdin)
x, y = torch.tensor(d["x"]), torch.tensor(d["labels"])
mus = [torch.tensor(m, requires_grad=True) for m in d["means"]]
rhos = [torch.tensor(r, requires_grad=True) for r in d["rhos"]]
eps = [torch.tensor(e) for e in d["noise"]]
opt = torch.optim.Adam([p for pair in zip(mus, rhos) for p in pair], lr=d["rate"])
out = []
for step in range(d["steps"]):
    opt.zero_grad()
    h, kl = x, 0.0
    for l, (m, r) in enumerate(zip(mus, rhos)):
        h = torch.cat([h, torch.ones(len(h), 1)], 1)
        s = F.softplus(r)
        kl = kl + kl_divergence(Normal(m, s), Normal(0.0, d["prior"][l])).sum()
        h = h @ m + (h ** 2 @ s ** 2).sqrt() * eps[l]
        if l < len(mus) - 1: h = h.relu()
    nll = F.cross_entropy(h, y)
    (nll + d["klWeight"] * kl).backward()
    grad = torch.cat([p.grad.flatten() for pair in zip(mus, rhos) for p in pair]).tolist()
    opt.step()
    out.append({"nll": nll.item(), "grad": grad, "parameters": torch.cat([p.detach().flatten() for pair in zip(mus, rhos) for p in pair]).tolist()})
print(json.dumps(out))
`;

const rowsOf = (values: ArrayLike<number>, width: number): number[][] =>
  Array.from({ length: values.length / width }, (_, row) =>
    Array.from({ length: width }, (_, j) => values[row * width + j]!),
  );

describe.skipIf(absent)(`training beside torch (needs ${python} with python3-torch)`, () => {
  const [labels, klWeight, rate, steps] = [[2, 0, 1, 1, 2, 0], 0.02, 0.01, 25];
  const net = variationalNet([7, 6, 5, 3], 1.1, Float64Array);
  const activations = activationsFor(net, labels.length, Float64Array);
  const random = randomStream(31, 310);
  for (const { mean, rho } of net.layers) {
    for (let k = 0; k < mean.length; k++) {
      mean[k] = random.normal() / 2;
      rho[k] = inverseSoftplus(0.02 + 0.3 * random.uniform());
    }
  }
  const { input } = activations[0]!;
  for (let k = 0; k < input.length; k++) if (k % 8 !== 7) input[k] = k % 3 === 1 ? 0 : random.normal();
  activations.forEach(({ noise }, l) => {
    fillNormals(noise, 32, 311, l);
  });

  it("gives the same losses, gradients and parameters over 25 Adam steps, to 10⁻⁹", () => {
    const question = {
      x: rowsOf(input, 8).map((row) => row.slice(0, 7)),
      labels,
      klWeight,
      rate,
      steps,
      means: net.layers.map(({ mean, outputs }) => rowsOf(mean, outputs)),
      rhos: net.layers.map(({ rho, outputs }) => rowsOf(rho, outputs)),
      noise: net.layers.map(({ outputs }, l) => rowsOf(activations[l]!.noise, outputs)),
      prior: net.layers.map(({ priorStd }) => priorStd),
    };
    const run = spawnSync(python, ["-c", program], { input: JSON.stringify(question), maxBuffer: 2 ** 26 });
    const answers = JSON.parse(run.stdout.toString()) as {
      nll: number;
      grad: number[];
      parameters: number[];
    }[];
    expect(answers).toHaveLength(steps);
    const adam = adamState(net.parameters);
    for (const answer of answers) {
      refreshStds(net);
      expect(gradients(net, activations, { labels, klWeight })).toBeCloseTo(answer.nll, 9);
      answer.grad.forEach((wanted, k) => {
        expect(Math.abs(net.gradient[k]! - wanted)).toBeLessThan(1e-9);
      });
      adamStep(adam, net, rate);
      answer.parameters.forEach((wanted, k) => {
        expect(Math.abs(net.parameters[k]! - wanted)).toBeLessThan(1e-9);
      });
    }
    expect(answers.at(-1)!.nll).toBeLessThan(answers[0]!.nll);
  });
});

describe("Adam", () => {
  it("moves a parameter by the rate itself in its first step, whatever the gradient's size", () => {
    const parameters = Float64Array.of(1, 1, 1);
    adamStep(adamState(parameters), { parameters, gradient: Float64Array.of(1e-3, -50, 0) }, 0.1);
    expect(parameters[0]).toBeCloseTo(0.9, 5);
    expect(parameters[1]).toBeCloseTo(1.1, 9);
    expect(parameters[2]).toBe(1);
  });
});
