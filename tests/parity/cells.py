"""Every cell as one step of plain PyTorch: (weights, x_t, state) -> state, gates.

Rows of the weight matrices are stored in the order in which `chunk` takes them apart here. A step
works on one example (vectors) as well as on a batch (rows), which the Jacobian relies on.
"""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Callable

import torch
from torch import Tensor

State = tuple[Tensor, ...]  # (h,) or (h, c)
Gates = dict[str, Tensor]


def project(w: SimpleNamespace, x: Tensor, h: Tensor) -> Tensor:
    return x @ w.weight_ih.T + w.bias_ih + h @ w.weight_hh.T + w.bias_hh


def rnn(activation: Callable[[Tensor], Tensor]):
    def step(w, x, state):
        return (activation(project(w, x, state[0])),), {}

    return step


def lstm(w, x, state):
    h, c = state
    i, f, g, o = project(w, x, h).chunk(4, -1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    c = f * c + i * g
    return (o * c.tanh(), c), {"input": i, "forget": f, "candidate": g, "output": o}


def lstm_peephole(w, x, state):
    h, c = state
    i, f, g, o = project(w, x, h).chunk(4, -1)
    i, f, g = (i + w.weight_ci * c).sigmoid(), (f + w.weight_cf * c).sigmoid(), g.tanh()
    c = f * c + i * g
    o = (o + w.weight_co * c).sigmoid()
    return (o * c.tanh(), c), {"input": i, "forget": f, "candidate": g, "output": o}


def lstm_coupled(w, x, state):
    h, c = state
    f, g, o = project(w, x, h).chunk(3, -1)
    f, g, o = f.sigmoid(), g.tanh(), o.sigmoid()
    i = 1 - f
    c = f * c + i * g
    return (o * c.tanh(), c), {"input": i, "forget": f, "candidate": g, "output": o}


def gru(w, x, state):
    (h,) = state
    xr, xz, xn = (x @ w.weight_ih.T + w.bias_ih).chunk(3, -1)
    hr, hz, hn = (h @ w.weight_hh.T + w.bias_hh).chunk(3, -1)
    r, z = (xr + hr).sigmoid(), (xz + hz).sigmoid()
    n = (xn + r * hn).tanh()
    return ((1 - z) * n + z * h,), {"reset": r, "update": z, "candidate": n}


def gru_original(w, x, state):
    (h,) = state
    xr, xz, xn = (x @ w.weight_ih.T + w.bias_ih).chunk(3, -1)
    wr, wz, wn = w.weight_hh.chunk(3, 0)
    br, bz, bn = w.bias_hh.chunk(3, 0)
    r, z = (xr + h @ wr.T + br).sigmoid(), (xz + h @ wz.T + bz).sigmoid()
    n = (xn + (r * h) @ wn.T + bn).tanh()
    return ((1 - z) * n + z * h,), {"reset": r, "update": z, "candidate": n}


# The terms of dL/dc_t, each from its own formula. `gates` and `c` are those of step t,
# `later` and `dc_later` are the gates and dL/dc of step t + 1.


def direct(later: Gates, dc_later: Tensor) -> Tensor:
    return later["forget"] * dc_later


def through_hidden(w, gates: Gates, c: Tensor, dh: Tensor) -> Tensor:
    o = gates["output"]
    dh_dc = o * (1 - c.tanh() ** 2)
    if hasattr(w, "weight_co"):
        dh_dc = dh_dc + c.tanh() * o * (1 - o) * w.weight_co
    return dh * dh_dc


def through_peepholes(w, later: Gates, c: Tensor, dc_later: Tensor) -> Tensor:
    i, f, g = later["input"], later["forget"], later["candidate"]
    return dc_later * (g * i * (1 - i) * w.weight_ci + c * f * (1 - f) * w.weight_cf)


@dataclass(frozen=True)
class Cell:
    step: Callable[..., tuple[State, Gates]]
    rows: int = 1  # weight rows per unit
    has_cell_state: bool = False
    peepholes: bool = False


ACTIVATIONS = {"tanh": torch.tanh, "relu": torch.relu, "sigmoid": torch.sigmoid, "identity": lambda x: x}

CELLS = {
    "lstm": Cell(lstm, 4, has_cell_state=True),
    "lstm-peephole": Cell(lstm_peephole, 4, has_cell_state=True, peepholes=True),
    "lstm-coupled": Cell(lstm_coupled, 3, has_cell_state=True),
    "gru": Cell(gru, 3),
    "gru-original": Cell(gru_original, 3),
}


def cell_of(config: dict) -> Cell:
    if config["cell"] == "rnn":
        return Cell(rnn(ACTIVATIONS[config.get("activation", "tanh")]))
    return CELLS[config["cell"]]
