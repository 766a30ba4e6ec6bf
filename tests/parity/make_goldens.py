"""Writes goldens/: for each case a model folder, a batch and the trace that PyTorch computes for it;
and a few of them as one file, which an installed lab has at hand to check itself with.

    python make_goldens.py [--out DIR] [--self-check FILE]

Needs torch, numpy and safetensors. Values are computed in float64 and saved as float32. Weights are
PyTorch's default initialisation with the case's seed, batches come from NumPy's with the same seed.
"""

import argparse
import base64
import json
import platform
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import safetensors
import safetensors.numpy
import safetensors.torch
import torch

from cells import cell_of
from check_reference import check_case, check_relatives, torch_module
from reference import trace

PADDING = 50.0  # stands at padded steps of float inputs and targets, so that a missed mask shows


@dataclass(frozen=True)
class Case:
    cell: str
    seed: int
    activation: str | None = None
    layers: int = 1
    head: str = "last"
    loss: str = "mse"
    batch: int = 3
    steps: int = 6
    inputs: int = 2
    vocab: int = 0  # above 0: ids with an embedding of size `inputs`
    hidden: int = 4
    outputs: int = 1
    lengths: tuple[int, ...] = ()
    forget_bias: float = 0.0  # added to bias_ih
    zero: tuple[str, ...] = field(default=())  # parameters set to 0
    scale: float = 1.0  # of all recurrent layers' parameters: above 1 the gates saturate and gradients explode
    per_step: bool = False  # weights of its own for every time step

    @property
    def config(self) -> dict:
        return {
            "format": "unroll-model/1",
            "cell": self.cell,
            **({"activation": self.activation} if self.activation else {}),
            "inputSize": self.inputs,
            "hiddenSize": self.hidden,
            "layers": self.layers,
            "outputSize": self.outputs,
            **({"embedding": {"vocab": self.vocab, "size": self.inputs}} if self.vocab else {}),
            "head": self.head,
            "loss": self.loss,
            **({"weights": "per-step", "length": self.steps} if self.per_step else {}),
        }


def spread(cell: str, seed: int, **fixed) -> dict[str, Case]:
    """Layers, heads, losses, lengths and ids crossed so that each meets each at least once."""

    def case(**changes) -> Case:
        return Case(cell, seed, **{**fixed, **changes})

    lengths = (5, 8, 2, 7)
    return {
        "last-mse": case(layers=1, loss="mse", steps=7, hidden=5, forget_bias=1.0 if cell == "lstm" else 0.0),
        "last-mse-2-layers": case(layers=2, loss="mse", outputs=3, inputs=3),
        "last-ce": case(layers=1, loss="cross-entropy", outputs=3, inputs=4, hidden=6),
        "last-ce-2-layers-ids-lengths": case(
            layers=2, loss="cross-entropy", outputs=5, vocab=5, inputs=3, batch=4, steps=8, lengths=lengths
        ),
        "last-bce-lengths": case(layers=1, loss="bce", batch=4, steps=5, lengths=(5, 1, 3, 5)),
        "every-mse-lengths": case(head="every-step", loss="mse", outputs=2, batch=4, steps=8, lengths=lengths),
        "every-mse-2-layers": case(layers=2, head="every-step", loss="mse", steps=5, hidden=3),
        "every-ce-ids": case(head="every-step", loss="cross-entropy", outputs=4, vocab=6, inputs=3, steps=9),
        "every-bce-2-layers-lengths": case(
            layers=2, head="every-step", loss="bce", outputs=3, inputs=3, batch=4, steps=8, lengths=lengths
        ),
        "one-step-one-unit": case(batch=1, steps=1, inputs=1, hidden=1),
        "long": case(steps=40, hidden=8, inputs=2),
    }


def thin_spread(cell: str, seed: int, **fixed) -> dict[str, Case]:
    kept = ("last-mse", "last-bce-lengths", "last-ce-2-layers-ids-lengths", "every-bce-2-layers-lengths")
    return {name: case for name, case in spread(cell, seed, **fixed).items() if name in kept}


def pressed(cell: str, seed: int, **fixed) -> dict[str, Case]:
    """Weights so large that gates saturate, and weights that are not shared over time."""
    lengths = (6, 4, 1)
    return {
        "saturated": Case(cell, seed, scale=4.0, steps=12, inputs=3, **fixed),
        "per-step": Case(cell, seed, per_step=True, layers=2, steps=6, lengths=lengths, outputs=2, **fixed),
    }


def named(prefix: str, cases: dict[str, Case]) -> dict[str, Case]:
    return {f"{prefix}-{name}": case for name, case in cases.items()}


CASES: dict[str, Case] = {
    **named("rnn-tanh", spread("rnn", 11, activation="tanh")),
    **named("lstm", spread("lstm", 12)),
    # Nothing recurs: flow is exactly 0 one step back, the horizon 1, the exponent -inf.
    "rnn-tanh-zero-recurrence": Case("rnn", 13, activation="tanh", zero=("rnn.weight_hh_l0",)),
    # Nothing arrives: every flow is 0 and the horizon undefined.
    "lstm-zero-head": Case("lstm", 14, layers=2, zero=("head.weight",)),
    **named("rnn-relu", thin_spread("rnn", 15, activation="relu")),
    **named("rnn-sigmoid", thin_spread("rnn", 16, activation="sigmoid")),
    **named("rnn-identity", thin_spread("rnn", 17, activation="identity")),
    **named("gru", spread("gru", 18)),
    **named("gru-original", spread("gru-original", 22)),
    **named("lstm-peephole", spread("lstm-peephole", 20)),
    **named("lstm-coupled", spread("lstm-coupled", 21)),
    **named("rnn-tanh", pressed("rnn", 31, activation="tanh")),
    **named("rnn-sigmoid", pressed("rnn", 32, activation="sigmoid")),
    **named("lstm", pressed("lstm", 33)),
    **named("lstm-peephole", pressed("lstm-peephole", 34)),
    **named("lstm-coupled", pressed("lstm-coupled", 35)),
    **named("gru", pressed("gru", 36)),
    **named("gru-original", pressed("gru-original", 37)),
}


class Layers(torch.nn.Module):
    """Parameters of a cell that PyTorch lacks, named and initialised as PyTorch would: uniform in 1/sqrt(H)."""

    def __init__(self, config: dict):
        super().__init__()
        cell, hidden = cell_of(config), config["hiddenSize"]
        for n in range(config["layers"]):
            rows, below = cell.rows * hidden, config["inputSize"] if n == 0 else hidden
            shapes = {"weight_ih": (rows, below), "weight_hh": (rows, hidden), "bias_ih": (rows,), "bias_hh": (rows,)}
            if cell.peepholes:
                shapes |= {f"weight_c{gate}": (hidden,) for gate in "ifo"}
            for name, own in shapes.items():
                shape = (config["length"], *own) if config.get("weights") == "per-step" else own
                values = torch.empty(shape).uniform_(-(hidden**-0.5), hidden**-0.5)
                self.register_parameter(f"{name}_l{n}", torch.nn.Parameter(values))


def make_model(case: Case) -> torch.nn.Module:
    torch.manual_seed(case.seed)
    model = torch.nn.Module()
    if case.vocab:
        model.embedding = torch.nn.Embedding(case.vocab, case.inputs)
    model.rnn = (not case.per_step and torch_module(case.config)) or Layers(case.config)
    model.head = torch.nn.Linear(case.hidden, case.outputs)
    with torch.no_grad():
        for n in range(case.layers if case.forget_bias else 0):
            getattr(model.rnn, f"bias_ih_l{n}")[case.hidden : 2 * case.hidden] += case.forget_bias
        for values in model.rnn.parameters():
            values *= case.scale
        for name in case.zero:
            model.get_parameter(name).zero_()
    return model


def make_batch(case: Case) -> dict[str, np.ndarray]:
    random = np.random.default_rng(case.seed)
    size = (case.batch, case.steps)
    if case.vocab:
        inputs = random.integers(0, case.vocab, size, dtype=np.int32)
    else:
        inputs = random.standard_normal((*size, case.inputs)).astype(np.float32)
    answered = size if case.head == "every-step" else (case.batch,)
    if case.loss == "cross-entropy":
        targets = random.integers(0, case.outputs, answered, dtype=np.int32)
    elif case.loss == "bce":
        targets = random.integers(0, 2, (*answered, case.outputs)).astype(np.float32)
    else:
        targets = random.standard_normal((*answered, case.outputs)).astype(np.float32)
    batch = {"inputs": inputs, "targets": targets}
    if case.lengths:
        assert len(case.lengths) == case.batch and max(case.lengths) == case.steps
        batch["lengths"] = np.array(case.lengths, np.int32)
        padded = np.arange(case.steps) >= batch["lengths"][:, None]
        if inputs.dtype == np.float32:
            inputs[padded] = PADDING
        if case.head == "every-step" and targets.dtype == np.float32:
            targets[padded] = PADDING if case.loss == "mse" else 1
    return batch


def write_case(folder: Path, case: Case) -> None:
    parameters = {name: value.detach().contiguous() for name, value in make_model(case).state_dict().items()}
    batch = make_batch(case)
    arrays = trace(case.config, parameters, batch)
    check_case(case.config, parameters, batch, arrays)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.json").write_text(json.dumps(case.config, indent=2) + "\n")
    safetensors.torch.save_file(parameters, folder / "model.safetensors")
    np.savez(folder / "batch.npz", **batch)
    np.savez_compressed(folder / "trace.npz", **{name: value.astype(np.float32) for name, value in arrays.items()})


SELF_CHECKED = ("-every-bce-2-layers-lengths", "-last-ce-2-layers-ids-lengths", "-saturated", "-per-step")


def packed(arrays: dict) -> dict:
    """Arrays as JSON: little-endian bytes in base64, float32 or int32."""
    found = {}
    for name, value in arrays.items():
        array = np.asarray(value)
        array = array.astype("<i4" if array.dtype.kind == "i" else "<f4")
        data = base64.b64encode(array.tobytes()).decode()
        found[name] = {"shape": list(array.shape), "type": array.dtype.name, "data": data}
    return found


def write_self_check(file: Path, folder: Path, versions: dict) -> None:
    cases = []
    for name in CASES:
        if name.endswith(SELF_CHECKED):
            model = safetensors.numpy.load_file(folder / name / "model.safetensors")
            arrays = {part: packed(dict(np.load(folder / name / f"{part}.npz"))) for part in ("batch", "trace")}
            config = json.loads((folder / name / "model.json").read_text())
            cases.append({"name": name, "config": config, "parameters": packed(model), **arrays})
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    file.write_text(f'{{"versions":{json.dumps(versions)},"cases":[\n{lines}\n]}}\n')


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--out", type=Path, default=Path(__file__).parent / "goldens")
    self_check = Path(__file__).parents[2] / "main" / "engine" / "checks" / "goldens.json"
    options.add_argument("--self-check", type=Path, default=self_check)
    given = options.parse_args()
    out: Path = given.out
    torch.set_num_threads(1)
    check_relatives()
    for name, case in CASES.items():
        try:
            write_case(out / name, case)
        except AssertionError as wrong:
            raise SystemExit(f"{name}: {wrong}") from wrong
    versions = {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numpy": np.__version__,
        "safetensors": safetensors.__version__,
    }
    listed = [{"name": name, "cell": case.cell, "activation": case.activation} for name, case in CASES.items()]
    index = {"madeBy": "tests/parity/make_goldens.py", "versions": versions, "cases": listed}
    (out / "index.json").write_text(json.dumps(index, indent=2) + "\n")
    write_self_check(given.self_check, out, versions)
    print(f"{len(CASES)} cases in {out}, torch {torch.__version__}")


if __name__ == "__main__":
    main()
