"""Makes checkpoints under the key names of Bayesian libraries, and what their standard deviations should be.

Run in an empty folder. Names are those of the libraries' sources (docs/import.md); no library is needed, because a state
dict is only names and tensors. Each net is 4 -> 3 -> 2, means and spreads are random, transforms are torch's own.
"""

import json
import sys
import types
from collections import OrderedDict

import numpy as np
import torch
from torch.distributions import constraints
from torch.nn.functional import softplus

torch.manual_seed(7)
SIZES = [("fc1", 4, 3), ("fc10", 3, 2)]
expected = {}


def layers():
    """Mean and unconstrained spread of weight [out, in] and bias of each layer."""
    for name, inputs, outputs in SIZES:
        for param, shape in (("weight", (outputs, inputs)), ("bias", (outputs,))):
            yield name, param, torch.randn(shape), torch.randn(shape) * 2 - 3


def case(name, library, std, transform, key, extra=None, transpose=False, point_bias=False, file="torch"):
    """key(layer, param) -> (mean key, spread key); extra(layer) -> keys that are no parameters of the posterior."""
    state, truth = OrderedDict(), []
    for layer, param, mean, raw in layers():
        point = point_bias and param == "bias"
        sigma = torch.zeros_like(mean) if point else transform(raw.double()).float()
        truth.append({"layer": layer, "param": param, "mean": mean.flatten().tolist(), "std": sigma.flatten().tolist()})
        mean_key, spread_key = key(layer, param)
        turned = transpose and param == "weight"
        state[mean_key] = mean.t().contiguous() if turned else mean
        if not point:
            state[spread_key] = raw.t() if turned else raw  # a transposed view: torch saves its strides
        if extra is not None and param == "bias":
            state.update(extra(layer))
    save(name, state, file)
    expected[name] = {"library": library, "std": std, "truth": truth}


def save(name, state, file):
    if file == "torch":
        torch.save(state, f"{name}.pt")
        torch.save(state, f"{name}.legacy.pt", _use_new_zipfile_serialization=False)
    else:
        np.savez(f"{name}.npz", **{key: value.numpy() for key, value in state.items()})


def junk(*names):
    return lambda layer: {f"{layer}.{name}": torch.full((2,), float("nan")) for name in names}


def plain(mean, spread):
    return lambda layer, param: (f"{layer}.{mean.format(param)}", f"{layer}.{spread.format(param)}")


case("bayesian-torch", "bayesian-torch", "softplus(rho)", softplus, plain("mu_{}", "rho_{}"),
     junk("eps_weight", "eps_bias", "prior_weight_mu", "prior_weight_sigma"))
case("blitz", "blitz", "softplus(rho)", softplus, plain("{}_mu", "{}_rho"),
     junk("weight_sampler.mu", "weight_sampler.rho", "weight_sampler.eps_w", "bias_sampler.mu", "bias_sampler.rho"))
case("nitarshan", "bayes-by-backprop (nitarshan)", "softplus(rho)", softplus, plain("{}_mu", "{}_rho"))
case("torchbnn", "torchbnn", "exp(log_sigma)", torch.exp, plain("{}_mu", "{}_log_sigma"), junk("weight_eps", "bias_eps"))
case("torch-uncertainty", "torch-uncertainty", "softplus(sigma)", softplus, plain("{}_mu", "{}_sigma"),
     junk("weight_sampler.mu", "weight_sampler.rho", "weight_prior_dist.pi", "weight_prior_dist.mus"))
case("torch-uncertainty-bare", "torch-uncertainty", "softplus(sigma)", softplus, plain("{}_mu", "{}_sigma"))
case("bayesian-cnn", "PyTorch-BayesianCNN", "softplus(rho)", softplus,
     lambda layer, param: tuple(f"{layer}.{'W' if param == 'weight' else param}_{end}" for end in ("mu", "rho")))
case("javier-antoran", "Bayesian-Neural-Networks (JavierAntoran)", "softplus(p) + 1e-6", lambda x: softplus(x) + 1e-6,
     lambda layer, param: tuple(f"{layer}.{'W' if param == 'weight' else 'b'}_{end}" for end in ("mu", "p")), transpose=True)
case("bayesianize", "bayesianize FFG", "softplus(sd)", softplus, plain("{}_mean", "_{}_sd"), junk("prior_weight_sd"))
case("pyro-module", "Pyro AutoNormal", "softplus(scale)", softplus,
     lambda layer, param: (f"locs.{layer}.{param}_unconstrained", f"scales.{layer}.{param}_unconstrained"))
case("tyxe", "TyXe", "exp(scale)", torch.exp,
     lambda layer, param: tuple(f"net_guide.net.{layer}.{param}.{end}_unconstrained" for end in ("loc", "scale")))
case("tfp", "TensorFlow Probability", "softplus(untransformed_scale) + 1.1920929e-7", lambda x: softplus(x) + 1.1920929e-7,
     lambda layer, param: tuple(f"{layer}/{'kernel' if param == 'weight' else param}_posterior_{end}:0" for end in ("loc", "untransformed_scale")),
     transpose=True, point_bias=True, file="npz")
case("edward2", "Edward2", "softplus(stddev) + 1e-7", lambda x: softplus(x) + 1e-7,
     lambda layer, param: tuple(f"{layer}/{'kernel' if param == 'weight' else param}_initializer/{end}:0" for end in ("mean", "stddev")),
     transpose=True, file="npz")
case("logvar", "unknown", "exp(log_var/2)", lambda x: torch.exp(x / 2), plain("{}_mean", "{}_logvar"))
case("log-std", "unknown", "exp(log_sigma)", torch.exp, plain("{}_loc", "{}_log_std"))
case("rho-first", "unknown", "softplus(rho)", softplus, lambda layer, param: (f"{layer}.mean_{param}", f"{layer}.rho_{param}"))
case("numbered", "unknown", "softplus(rho)", softplus,
     lambda layer, param: tuple(f"{param[0]}{layer[2:]}_{end}" for end in ("mu", "rho")))

# NumPyro keeps standard deviations themselves.
state, truth = {}, []
for layer, param, mean, raw in layers():
    sigma = raw.abs()
    truth.append({"layer": layer, "param": param, "mean": mean.flatten().tolist(), "std": sigma.flatten().tolist()})
    end = "kernel" if param == "weight" else "bias"
    state[f"nn/{layer}.{end}_auto_loc"] = (mean.t() if mean.dim() == 2 else mean).numpy()
    state[f"nn/{layer}.{end}_auto_scale"] = (sigma.t() if mean.dim() == 2 else sigma).numpy()
np.savez("numpyro.npz", **state)
expected["numpyro"] = {"library": "NumPyro AutoNormal", "std": "scale", "truth": truth}


# Pyro's parameter store: unconstrained values beside constraint objects, one of them from a module that is not here.
class _SoftplusPositive(constraints.positive.__class__):
    pass


module = types.ModuleType("pyro.distributions.constraints")
_SoftplusPositive.__module__, _SoftplusPositive.__qualname__ = module.__name__, "_SoftplusPositive"
module._SoftplusPositive = _SoftplusPositive
for name in ("pyro", "pyro.distributions", module.__name__):
    sys.modules[name] = module
module.distributions = module.constraints = module
for name, constraint, transform, std in (
    ("store-softplus", _SoftplusPositive(0.0), softplus, "softplus(scale)"),
    ("store-exp", constraints.positive, torch.exp, "exp(scale)"),
    ("store-interval", constraints.interval(0.0, 0.5), lambda x: 0.5 * torch.sigmoid(x), "0.5·sigmoid(scale)"),
    ("store-independent", constraints.independent(constraints.positive, 1), torch.exp, "exp(scale)"),
):
    params, kept, truth = {}, {}, []
    for layer, param, mean, raw in layers():
        truth.append({"layer": layer, "param": param, "mean": mean.flatten().tolist(), "std": transform(raw.double()).flatten().tolist()})
        for part, value, what in (("locs", mean, constraints.real), ("scales", raw, constraint)):
            params[f"AutoNormal.{part}.{layer}.{param}"] = torch.nn.Parameter(value)
            kept[f"AutoNormal.{part}.{layer}.{param}"] = what
    torch.save({"params": params, "constraints": kept}, f"{name}.pt")
    expected[name] = {"library": "Pyro AutoNormal (parameter store)", "std": std, "truth": truth}

# What is neither a library of Gaussians nor one number a weight.
dense = {"fc1.weight": torch.randn(3, 4), "fc1.bias": torch.randn(3), "fc2.weight": torch.randn(2, 3), "fc2.bias": torch.randn(2)}
torch.save({"epoch": 3, "state_dict": OrderedDict(dense), "optimizer": {"state": {0: {"exp_avg": torch.randn(3, 4)}}}}, "checkpoint.pt")
torch.save({"fc1.weight": dense["fc1.weight"], "fc1.bias": dense["fc1.bias"], "out.W_mean": dense["fc2.weight"],
            "out.W_logdiag": torch.full((2, 3), -2.0), "out.noise_mean": torch.zeros(2), "out.noise_logdiag": torch.zeros(2)}, "vbll.pt")
torch.save({"fc1.W_mean": dense["fc1.weight"], "fc1.W_logdiag": torch.randn(3, 4), "fc1.W_offdiag": torch.randn(3, 4, 4)}, "vbll-dense.pt")
conv = {"conv.mu_kernel": torch.randn(2, 1, 3, 3), "conv.rho_kernel": torch.randn(2, 1, 3, 3), "fc.mu_weight": torch.randn(5, 8), "fc.rho_weight": torch.randn(5, 8)}
torch.save(conv, "conv.pt")
torch.save({**dense, "bn.weight": torch.ones(3), "bn.bias": torch.ones(3), "bn.running_mean": torch.ones(3)}, "batchnorm.pt")
torch.save({"fc.weight_mu": torch.randn(2, 3), "fc.weight_sigma": torch.rand(2, 3)}, "sigma-positive.pt")
torch.save({"fc.weight_mean": torch.randn(2, 3), "fc.weight_std": torch.randn(2, 3)}, "std-negative.pt")
torch.save({"AutoNormal.locs.fc.weight": torch.randn(2, 3), "AutoNormal.scales.fc.weight": torch.randn(2, 3)}, "store-bare.pt")
torch.save({"loc": torch.randn(9), "scale_unconstrained": torch.randn(9)}, "auto-diagonal.pt")
torch.save({"alpha": torch.randn(2, 3), "beta": torch.randn(2)}, "nothing.pt")
nan = torch.randn(2, 3); nan[0, 1] = float("nan"); nan[1, 1] = float("inf")
torch.save({"fc.mu_weight": nan, "fc.rho_weight": torch.zeros(2, 3)}, "nan.pt")
torch.save({"fc.mu_weight": torch.zeros(2, 3), "fc.rho_weight": torch.zeros(3, 2)}, "uneven.pt")
torch.save({"a.mu_weight": torch.zeros(3, 4), "a.rho_weight": torch.zeros(3, 4), "b.mu_weight": torch.zeros(2, 7), "b.rho_weight": torch.zeros(2, 7)}, "apart.pt")
for name, dtype in (("half", torch.float16), ("bfloat", torch.bfloat16), ("double", torch.float64)):
    torch.save({"fc.mu_weight": torch.tensor([[1.5, -2.0]], dtype=dtype), "fc.rho_weight": torch.tensor([[0.0, 100.0]], dtype=dtype)}, f"{name}.pt")
torch.save({"fc.mu_weight": torch.zeros(1, 2), "fc.rho_weight": torch.tensor([[-87.0, 88.0]])}, "extreme.pt")
torch.save(torch.nn.Linear(2, 2), "module.pt")

print(json.dumps(expected))
