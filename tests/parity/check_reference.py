"""Checks that the reference can be trusted, run by make_goldens.py on every case before it is written.

Each check raises AssertionError with what it compared. Nothing here looks at Unroll's own code.
"""

import numpy as np
import torch

from cells import cell_of
from reference import HORIZON_THRESHOLD, layer_weights, trace, unroll

TORCH_MODULES = {
    "lstm": lambda **sizes: torch.nn.LSTM(**sizes),
    "gru": lambda **sizes: torch.nn.GRU(**sizes),
    "rnn-tanh": lambda **sizes: torch.nn.RNN(nonlinearity="tanh", **sizes),
    "rnn-relu": lambda **sizes: torch.nn.RNN(nonlinearity="relu", **sizes),
}


def torch_module(config: dict):
    """PyTorch's own layers of this cell, or None where it has none."""
    name = config["cell"] if config["cell"] != "rnn" else f"rnn-{config.get('activation', 'tanh')}"
    sizes = {"input_size": config["inputSize"], "hidden_size": config["hiddenSize"], "num_layers": config["layers"]}
    return TORCH_MODULES[name](**sizes, batch_first=True) if name in TORCH_MODULES else None


def close(what: str, found, expected, tolerance: float) -> None:
    """Largest difference against the largest expected value."""
    found, expected = np.asarray(found, np.float64), np.asarray(expected, np.float64)
    scale = np.abs(expected).max(initial=1e-300)
    difference = np.abs(found - expected).max(initial=0)
    assert difference <= tolerance * scale, f"{what}: differs by {difference:.3g} of {scale:.3g}"


def check_forward(config: dict, parameters: dict, batch: dict) -> None:
    """The explicit loop gives what PyTorch's own module gives."""
    module = torch_module(config)
    if module is None or config.get("weights") == "per-step":
        return
    module.load_state_dict({n.removeprefix("rnn."): p for n, p in parameters.items() if n.startswith("rnn.")})
    doubles = {n: p.double() for n, p in parameters.items()}
    inputs = torch.as_tensor(batch["inputs"])
    inputs = inputs.long() if "embedding" in config else inputs.double()
    unrolled = unroll(config, doubles, inputs)
    expected, final = module.double()(unrolled.vectors)
    top = torch.stack([state[0] for state in unrolled.states[-1]], 1)
    close("forward", top.detach(), expected.detach(), 1e-12)
    if config["cell"] == "lstm":
        last = torch.stack([layer[-1][1] for layer in unrolled.states])
        close("final cell states", last.detach(), final[1].detach(), 1e-12)


def check_split(config: dict, arrays: dict) -> None:
    """The terms of dL/dc, each from its own formula, add up to autograd's total."""
    if not cell_of(config).has_cell_state:
        return
    for n in range(config["layers"]):
        total = arrays[f"layers.{n}.grad.cell"]
        terms = sum(v for name, v in arrays.items() if name.startswith(f"layers.{n}.grad.cell."))
        close(f"layers.{n} sum of the terms of grad.cell", terms, total, 1e-12)


def check_padding(config: dict, parameters: dict, batch: dict, arrays: dict) -> None:
    """Each example on its own, cut to its real length, gives the values that it has in the batch, and the
    batch's flow is the root mean square of theirs, k steps before the last of each."""
    if "lengths" not in batch:
        return
    squares = {name: [[] for _ in value] for name, value in arrays.items() if ".flow." in name}
    for b, end in enumerate(batch["lengths"].tolist()):
        timed = config["head"] == "every-step"
        alone = {
            "inputs": batch["inputs"][b : b + 1, :end],
            "targets": batch["targets"][b : b + 1, :end] if timed else batch["targets"][b : b + 1],
        }
        single = trace(config, parameters, alone)
        for name, value in single.items():
            if name.startswith("layers.") and value.ndim == 3:
                # The batch's loss is a mean over examples: an example's own share of it is 1/B.
                share = len(batch["lengths"]) if ".grad." in name else 1
                close(f"example {b} alone, {name}", arrays[name][b, :end] * share, value[0], 1e-10)
            elif ".flow." in name:
                for k in range(end):
                    squares[name][-1 - k].append(value[-1 - k] ** 2)
        for name, value in arrays.items():
            if time_axis(name, value) == 1:
                assert not value[b, end:].any(), f"{name} holds values in padding"
    for name, values in squares.items():
        close(name, arrays[name], [np.sqrt(np.mean(reached)) for reached in values], 1e-12)


def check_flow(config: dict, batch: dict, arrays: dict) -> None:
    """Where the loss is only an example's last answer, flow is the size of B * dL/dh, L being a mean."""
    if config["head"] == "every-step" or "lengths" in batch:
        return
    for name, value in arrays.items():
        if ".flow." in name:
            gradient = arrays[name.replace(".flow.", ".grad.")] * len(batch["inputs"])
            close(name, value, np.sqrt((gradient**2).sum(-1).mean(0)), 1e-12)


def check_jacobians(config: dict, parameters: dict, batch: dict, arrays: dict) -> None:
    """Where h is linear in h_{t-1}, the Jacobian is W_hh and the exponent that of its powers."""
    if config.get("activation") != "identity" or "lengths" in batch:
        return
    for n in range(config["layers"]):
        recurrent, steps = parameters[f"rnn.weight_hh_l{n}"].double(), batch["inputs"].shape[1]
        for power, found in (1, arrays[f"layers.{n}.jacobian"][:, 1:]), (steps - 1, arrays[f"layers.{n}.lyapunov"]):
            size = torch.linalg.matrix_norm(torch.linalg.matrix_power(recurrent, power), 2).item()
            expected = size if power == 1 else np.log(size) / power
            close(f"layers.{n} W_hh to the {power}", found, np.full_like(found, expected), 1e-10)


def check_horizons(config: dict, arrays: dict) -> None:
    """No flow so close to the threshold that float32 could put the horizon elsewhere."""
    for name, value in arrays.items():
        if ".flow." in name and value[-1] > 0:
            nearest = np.abs(value / value[-1] / HORIZON_THRESHOLD - 1).min()
            assert nearest > 0.01, f"{name}: the horizon hangs on the last {nearest:.2%}; choose another seed"


def check_single_precision(config: dict, parameters: dict, batch: dict, arrays: dict) -> None:
    """Float32 can reach these values: no cancellation, no kink of ReLU within rounding, no tied classes.
    Whoever misses 1e-4 per time step cannot blame the case."""
    for name, value in trace(config, parameters, batch, dtype=torch.float32).items():
        expected = arrays[name]
        if ".horizon." in name or ".lyapunov" in name:
            assert np.allclose(value, expected, rtol=2e-5, equal_nan=True), f"{name} in float32"
            continue
        axis = time_axis(name, value)
        first = (lambda array: array[None]) if axis is None else (lambda array: np.moveaxis(array, axis, 0))
        for t, (found, wanted) in enumerate(zip(first(value), first(expected))):
            if np.abs(wanted).max() > 1e-30:
                close(f"{name} at {t} in float32", found, wanted, 2e-5)
            else:
                assert np.abs(found).max() <= 1e-30, f"{name} at {t} is {np.abs(found).max()} in float32, not 0"


def time_axis(name: str, value: np.ndarray) -> int | None:
    if ".flow." in name:
        return 0
    if name in ("sensitivity", "grad.inputs") or (name == "output" and value.ndim == 3):
        return 1
    return 1 if name.startswith("layers.") and value.ndim >= 2 else None


def check_case(config: dict, parameters: dict, batch: dict, arrays: dict) -> None:
    check_forward(config, parameters, batch)
    check_split(config, arrays)
    check_padding(config, parameters, batch, arrays)
    check_flow(config, batch, arrays)
    check_jacobians(config, parameters, batch, arrays)
    check_horizons(config, arrays)
    check_single_precision(config, parameters, batch, arrays)


def check_relatives() -> None:
    """Cells without a module in PyTorch, at weights where they must equal one that has."""
    torch.manual_seed(0)
    x, h, c = torch.randn(2, 3).double(), torch.randn(2, 4).double(), torch.randn(2, 4).double()

    def weights(module, **changes):
        named = {f"rnn.{n}": p.detach().double() for n, p in module.state_dict().items()}
        return layer_weights({**named, **{f"rnn.{n}_l0": p for n, p in changes.items()}}, 0)

    def step(cell: str, w, state):
        return cell_of({"cell": cell}).step(w, x, state)[0]

    lstm = torch.nn.LSTM(3, 4).double()
    zero = torch.zeros(4).double()
    w = weights(lstm, weight_ci=zero, weight_cf=zero, weight_co=zero)
    for found, expected in zip(step("lstm-peephole", w, (h, c)), step("lstm", w, (h, c))):
        close("peepholes of 0 against lstm", found, expected, 1e-14)

    # 1 - sigmoid(a) = sigmoid(-a): an LSTM whose input rows are minus its forget rows is the coupled cell.
    coupled = {n: p.detach()[4:] for n, p in vars(w).items() if p.shape[0] == 16}
    mirrored = {n: torch.cat([-p[:4], p]) for n, p in coupled.items()}
    for found, expected in zip(
        step("lstm-coupled", weights(lstm, **coupled), (h, c)), step("lstm", weights(lstm, **mirrored), (h, c))
    ):
        close("coupled gates against lstm", found, expected, 1e-14)

    # With the reset gate wide open it does not matter where it stands.
    gru = torch.nn.GRU(3, 4).double()
    with torch.no_grad():
        gru.bias_ih_l0[:4] = 1e3
    (found,), (expected,) = (step(cell, weights(gru), (h,)) for cell in ("gru-original", "gru"))
    close("open reset gate, gru-original against gru", found, expected, 1e-14)

    # Half open: it halves h before the product, and so leaves the bias of that product whole.
    with torch.no_grad():
        for values in gru.parameters():
            values[:4] = 0
    w = weights(gru)
    (found,) = step("gru-original", w, (h,))
    z = (x @ w.weight_ih[4:8].T + w.bias_ih[4:8] + h @ w.weight_hh[4:8].T + w.bias_hh[4:8]).sigmoid()
    n = (x @ w.weight_ih[8:].T + w.bias_ih[8:] + 0.5 * h @ w.weight_hh[8:].T + w.bias_hh[8:]).tanh()
    close("reset gate at a half, gru-original", found, (1 - z) * n + z * h, 1e-14)


if __name__ == "__main__":
    check_relatives()
    print("the cells agree with their relatives in PyTorch")
