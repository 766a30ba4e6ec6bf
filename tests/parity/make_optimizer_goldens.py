"""Writes optimizers.json: what torch.optim, its clipping and its learning-rate schedules make of fixed numbers.

    python make_optimizer_goldens.py [--out FILE]

Needs torch. Everything is computed in float64 from numbers that float32 holds exactly.
"""

import argparse
import json
from pathlib import Path

import torch
from torch.optim.lr_scheduler import CosineAnnealingLR, ExponentialLR, LambdaLR, LinearLR, SequentialLR, StepLR

STEPS = 12
RATE = 0.05

OPTIMIZERS = {
    "sgd": ({}, lambda p: torch.optim.SGD(p, lr=RATE)),
    "momentum": ({}, lambda p: torch.optim.SGD(p, lr=RATE, momentum=0.9)),
    "momentum-nesterov": (
        {"momentum": 0.5, "nesterov": True},
        lambda p: torch.optim.SGD(p, lr=RATE, momentum=0.5, nesterov=True),
    ),
    "rmsprop": ({}, lambda p: torch.optim.RMSprop(p, lr=RATE)),
    "rmsprop-set": ({"alpha": 0.9, "eps": 1e-3}, lambda p: torch.optim.RMSprop(p, lr=RATE, alpha=0.9, eps=1e-3)),
    "adam": ({}, lambda p: torch.optim.Adam(p, lr=RATE)),
    "adam-set": (
        {"beta1": 0.5, "beta2": 0.9, "eps": 1e-3},
        lambda p: torch.optim.Adam(p, lr=RATE, betas=(0.5, 0.9), eps=1e-3),
    ),
    "adamw": ({}, lambda p: torch.optim.AdamW(p, lr=RATE)),
    "adamw-set": ({"weightDecay": 0.5}, lambda p: torch.optim.AdamW(p, lr=RATE, weight_decay=0.5)),
}

CLIPPINGS = {
    "none": {"clipNorm": None, "clipValue": None},
    "norm": {"clipNorm": 1.0, "clipValue": None},
    "value": {"clipNorm": None, "clipValue": 0.5},
    "value-then-norm": {"clipNorm": 1.0, "clipValue": 0.5},
}

WARMUP = {"totalIters": 8, "startFactor": 0.25}
SCHEDULES = {
    "constant": ({"id": "constant"}, lambda o: LambdaLR(o, lambda _: 1.0)),
    "step": ({"id": "step", "stepSize": 7, "gamma": 0.5}, lambda o: StepLR(o, 7, gamma=0.5)),
    "exponential": ({"id": "exponential", "gamma": 0.9}, lambda o: ExponentialLR(o, 0.9)),
    "cosine": ({"id": "cosine", "tMax": 40, "etaMin": 0.001}, lambda o: CosineAnnealingLR(o, 40, eta_min=0.001)),
}


def drawn(*shape, generator):
    return torch.randn(*shape, generator=generator, dtype=torch.float32).double()


def numbers():
    generator = torch.Generator().manual_seed(5)
    parameters = {"rnn.weight_hh_l0": drawn(3, 2, generator=generator), "head.bias": drawn(2, generator=generator)}
    gradients = [{name: drawn(*p.shape, generator=generator) for name, p in parameters.items()} for _ in range(STEPS)]
    for step, gradient in enumerate(gradients):
        gradient["head.bias"][1] = 0.0  # never moves, so that a division by 0 would show
        gradient["rnn.weight_hh_l0"] *= 2.0 ** (step % 4 - 2)  # so that some are clipped and some are not
    return parameters, gradients


def train(parameters, gradients, make, clipping):
    leaves = {name: p.clone().requires_grad_() for name, p in parameters.items()}
    optimizer = make(list(leaves.values()))
    after = []
    for gradient in gradients:
        for name, leaf in leaves.items():
            leaf.grad = gradient[name].clone()
        if clipping["clipValue"] is not None:
            torch.nn.utils.clip_grad_value_(leaves.values(), clipping["clipValue"])
        if clipping["clipNorm"] is not None:
            torch.nn.utils.clip_grad_norm_(leaves.values(), clipping["clipNorm"])
        optimizer.step()
        after.append({name: leaf.detach().flatten().tolist() for name, leaf in leaves.items()})
    return after


def rates(make):
    """Learning rates of the first 60 updates."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=RATE)
    scheduler = make(optimizer)
    found = []
    for _ in range(60):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return found


def warmed(make):
    def both(optimizer):
        warmup = LinearLR(optimizer, start_factor=WARMUP["startFactor"], total_iters=WARMUP["totalIters"])
        return SequentialLR(optimizer, [warmup, make(optimizer)], milestones=[WARMUP["totalIters"]])

    return both


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--out", type=Path, default=Path(__file__).parent / "optimizers.json")
    parameters, gradients = numbers()
    flat = {name: {"shape": list(p.shape), "data": p.flatten().tolist()} for name, p in parameters.items()}
    chosen = [(name, "none") for name in OPTIMIZERS] + [("sgd", name) for name in CLIPPINGS if name != "none"]
    cases = []
    for name, clipping in chosen:
        settings, make = OPTIMIZERS[name]
        after = train(parameters, gradients, make, CLIPPINGS[clipping])
        training = {"optimizer": name.split("-")[0], **settings, **CLIPPINGS[clipping]}
        cases.append({"training": training, "after": after})
    schedules = []
    for spec, make in SCHEDULES.values():
        schedules.append({"schedule": spec, "rates": rates(make)})
        schedules.append({"schedule": {**spec, "warmup": WARMUP}, "rates": rates(warmed(make))})
    content = {
        "learningRate": RATE,
        "parameters": flat,
        "gradients": [{name: g.flatten().tolist() for name, g in step.items()} for step in gradients],
        "cases": cases,
        "schedules": schedules,
    }
    rounded = json.loads(json.dumps(content), parse_float=lambda text: float(f"{float(text):.12g}"))
    arguments.parse_args().out.write_text(json.dumps(rounded) + "\n")


if __name__ == "__main__":
    main()
