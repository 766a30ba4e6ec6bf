"""The quantities of a trace, straight from their definitions, by PyTorch's autograd in float64.

`trace(config, parameters, batch)` unrolls the network in an explicit loop, so that every h_t and c_t
is a tensor of its own whose gradient autograd gives, and returns the arrays of a trace file as
NumPy arrays, layout [batch, time, unit]. Steps are 0-based; padding (right) holds 0 everywhere.
"""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from cells import cell_of, direct, through_hidden, through_peepholes

HORIZON_THRESHOLD = 0.01


def layer_weights(parameters: dict[str, Tensor], layer: int) -> SimpleNamespace:
    """The parameters of one layer under short names: weight_ih, bias_hh, weight_ci."""
    prefix, suffix = "rnn.", f"_l{layer}"
    return SimpleNamespace(
        **{
            name[len(prefix) : -len(suffix)]: value
            for name, value in parameters.items()
            if name.startswith(prefix) and name.endswith(suffix)
        }
    )


def at_step(w: SimpleNamespace, t: int) -> SimpleNamespace:
    """The weights of one time step: all the same, unless the layer has a leading time axis."""
    if w.weight_hh.ndim == 2:
        return w
    return SimpleNamespace(**{name: value[t] for name, value in vars(w).items()})


@dataclass
class Unrolled:
    vectors: Tensor  # [B, T, D], what enters layer 0: the inputs, or their embedding vectors
    states: list  # [layer][t] -> (h,) or (h, c), each [B, H]
    gates: list  # [layer][t] -> {name: [B, H]}
    outputs: Tensor  # [B, T, K], the head applied at every step, whichever head the model has


def unroll(config: dict, parameters: dict[str, Tensor], inputs: Tensor) -> Unrolled:
    """Padded steps are computed like any other: nothing real comes after them, so nothing depends on them."""
    cell = cell_of(config)
    vectors = parameters["embedding.weight"][inputs] if "embedding" in config else inputs
    vectors = vectors if vectors.requires_grad else vectors.requires_grad_()
    batch, steps = vectors.shape[:2]
    below, states, gates = list(vectors.unbind(1)), [], []
    for layer in range(config["layers"]):
        w = layer_weights(parameters, layer)
        zero = vectors.new_zeros(batch, config["hiddenSize"])
        state = (zero, zero) if cell.has_cell_state else (zero,)
        states.append([])
        gates.append([])
        for t in range(steps):
            state, gate = cell.step(at_step(w, t), below[t], state)
            states[layer].append(state)
            gates[layer].append(gate)
        below = [state[0] for state in states[layer]]
    top = torch.stack(below, 1)
    return Unrolled(vectors, states, gates, top @ parameters["head.weight"].T + parameters["head.bias"])


def local_losses(kind: str, outputs: Tensor, targets: Tensor) -> Tensor:
    """Loss of each answer: [..., K] and its targets -> [...]."""
    if kind == "mse":
        return ((outputs - targets) ** 2).mean(-1)
    if kind == "bce":
        return F.binary_cross_entropy_with_logits(outputs, targets, reduction="none").mean(-1)
    return -outputs.log_softmax(-1).gather(-1, targets.unsqueeze(-1)).squeeze(-1)


def gradients(of: Tensor, tensors: list[Tensor]) -> list[Tensor]:
    """d of / d tensor for each; 0 where `of` does not depend on it."""
    found = torch.autograd.grad(of, tensors, retain_graph=True, allow_unused=True)
    return [torch.zeros_like(t) if g is None else g for t, g in zip(tensors, found)]


def state_gradients(of: Tensor, unrolled: Unrolled) -> list:
    """Like `unrolled.states`, each state replaced by the gradient with respect to it."""
    flat = gradients(of, [s for layer in unrolled.states for step in layer for s in step])
    result, at = [], 0
    for layer in unrolled.states:
        width = len(layer[0])
        result.append([tuple(flat[at + t * width : at + (t + 1) * width]) for t in range(len(layer))])
        at += len(layer) * width
    return result


def flow(gradient: Tensor, lengths: Tensor) -> Tensor:
    """[T] from de_b/dh_t [B, T, H]: entry T-1-k is k steps before each example's own last step, the
    mean taken over the examples that long (0 where there is none)."""
    steps = gradient.shape[1]
    squared = (gradient**2).sum(-1)
    result = gradient.new_zeros(steps)
    for k in range(steps):
        reached = [squared[b, n - 1 - k] for b, n in enumerate(lengths.tolist()) if n > k]
        if reached:
            result[steps - 1 - k] = torch.stack(reached).mean().sqrt()
    return result


def horizon(flow: Tensor, threshold: float = HORIZON_THRESHOLD) -> Tensor:
    """Steps back until the flow first drops below `threshold` of its last value; T when it never
    does; NaN when the last value is 0 or not finite."""
    last, steps = flow[-1], len(flow)
    if last == 0 or not last.isfinite():
        return flow.new_tensor(float("nan"))
    dropped = [k for k in range(steps) if flow[steps - 1 - k] < threshold * last]
    return flow.new_tensor(float(dropped[0] if dropped else steps))


def jacobians(config: dict, w: SimpleNamespace, below: Tensor, states: list) -> Tensor:
    """J_t = d[h_t; c_t] / d[h_{t-1}; c_{t-1}] of every example, [B, T, S, S]; zeros at t = 0."""
    cell, parts = cell_of(config), len(states[0])

    def advance(state: Tensor, x: Tensor, w: SimpleNamespace) -> Tensor:
        return torch.cat(cell.step(w, x, state.chunk(parts))[0])

    def at(t: int) -> Tensor:
        """J_t of every example, [B, S, S]."""
        own = at_step(w, t)
        return torch.vmap(torch.func.jacrev(lambda state, x: advance(state, x, own)))(joined[:, t - 1], below[:, t].detach())

    joined = torch.stack([torch.cat(step, -1) for step in states], 1).detach()
    first = joined.new_zeros(joined.shape[0], 1, joined.shape[2], joined.shape[2])
    if len(states) == 1:
        return first
    return torch.cat([first, torch.stack([at(t) for t in range(1, len(states))], 1)], 1)


def lyapunov(steps: Tensor) -> Tensor:
    """(1/(T-1)) log sigma_max(J_{T-1} ... J_1) from the Jacobians [T-1, S, S] of one example's real steps."""
    if len(steps) == 0:
        return steps.new_tensor(float("nan"))
    product, logarithm = torch.eye(steps.shape[-1], dtype=steps.dtype), 0.0
    for jacobian in steps:
        product = jacobian @ product
        size = product.abs().max()
        if size == 0:
            return steps.new_tensor(float("-inf"))
        product, logarithm = product / size, logarithm + size.log()
    return (logarithm + torch.linalg.svdvals(product)[0].log()) / len(steps)


def squashed(config: dict, states: list, gates: list) -> dict[str, tuple[str, Tensor]]:
    """What went through a squashing function, by name: which function, and its values [B, T, H]."""
    over_time = lambda per_step: torch.stack(per_step, 1)
    found = {
        f"gates.{name}": ("tanh" if name == "candidate" else "sigmoid", over_time([gate[name] for gate in gates]))
        for name in gates[0]
    }
    activation = config.get("activation", "tanh")
    if config["cell"] == "rnn" and activation != "identity":
        found["hidden"] = (activation, over_time([state[0] for state in states]))
    if len(states[0]) == 2:
        found["cell"] = ("tanh", over_time([state[1] for state in states]).tanh())
    return found


def saturation(by: str, values: Tensor, real: Tensor) -> dict[str, Tensor]:
    """Shares of the real (b, t) per unit, [H]."""

    def share(marked: Tensor) -> Tensor:
        return (marked & real[..., None]).to(values.dtype).sum((0, 1)) / real.sum()

    if by == "sigmoid":
        return {"left": share(values < 0.1), "right": share(values > 0.9)}
    if by == "tanh":
        return {"beyond": share(values.abs() > 0.9)}
    return {"dead": (share(values == 0) == 1).to(values.dtype)}


def trace(config: dict, parameters: dict, batch: dict, dtype=torch.float64) -> dict[str, np.ndarray]:
    parameters = {n: torch.as_tensor(p).detach().to(dtype).requires_grad_() for n, p in parameters.items()}
    inputs = torch.as_tensor(batch["inputs"])
    inputs = inputs.long() if "embedding" in config else inputs.to(dtype)
    targets = torch.as_tensor(batch["targets"])
    targets = targets.long() if config["loss"] == "cross-entropy" else targets.to(dtype)
    size, steps = inputs.shape[:2]
    lengths = torch.as_tensor(batch["lengths"]).long() if "lengths" in batch else torch.full((size,), steps)
    real = torch.arange(steps) < lengths[:, None]  # [B, T]
    example, last = torch.arange(size), lengths - 1

    unrolled = unroll(config, parameters, inputs)
    final = unrolled.outputs[example, last]
    if config["head"] == "every-step":
        local = local_losses(config["loss"], unrolled.outputs, targets)
        loss = ((local * real).sum(1) / lengths).mean()
        last_loss = local[example, last].sum()
        output = unrolled.outputs * real[..., None]
    else:
        each = local_losses(config["loss"], final, targets)
        loss, last_loss, output = each.mean(), each.sum(), final
    answered = final[:, 0] if config["outputSize"] == 1 else final.max(-1).values

    def stacked(per_step: list[Tensor]) -> Tensor:
        """[T] x [B, H] -> [B, T, H], 0 at padded steps."""
        return torch.stack(per_step, 1) * real[..., None]

    (sensitivity,) = gradients(answered.sum(), [unrolled.vectors])
    found = {"loss": loss, "output": output, "sensitivity": sensitivity.norm(dim=-1)}
    if "embedding" not in config:
        (found["grad.inputs"],) = gradients(loss, [unrolled.vectors])
    for name, gradient in zip(parameters, gradients(loss, list(parameters.values()))):
        found[f"grad.parameters.{name}"] = gradient

    total, of_last = state_gradients(loss, unrolled), state_gradients(last_loss, unrolled)
    below = unrolled.vectors
    for n, (states, gates) in enumerate(zip(unrolled.states, unrolled.gates)):
        w, layer = layer_weights(parameters, n), f"layers.{n}"
        for name in gates[0]:
            found[f"{layer}.gates.{name}"] = stacked([gate[name] for gate in gates])
        for part, name in enumerate(("hidden", "cell")[: len(states[0])]):
            found[f"{layer}.{name}"] = stacked([state[part] for state in states])
            found[f"{layer}.grad.{name}"] = stacked([step[part] for step in total[n]])
            arrived = flow(torch.stack([step[part] for step in of_last[n]], 1), lengths)
            found[f"{layer}.flow.{name}"] = arrived
            found[f"{layer}.horizon.{name}"] = horizon(arrived)
        if cell_of(config).has_cell_state:
            for name, terms in cell_terms(config, w, gates, states, total[n]).items():
                found[f"{layer}.grad.cell.{name}"] = stacked(terms)
        for name, values in squashed(config, states, gates).items():
            found |= {f"{layer}.saturation.{name}.{side}": share for side, share in saturation(*values, real).items()}
        each = jacobians(config, w, below, states)
        found[f"{layer}.jacobian"] = torch.linalg.svdvals(each)[..., 0] * real
        found[f"{layer}.lyapunov"] = torch.stack([lyapunov(each[b, 1:end]) for b, end in enumerate(lengths.tolist())])
        below = torch.stack([state[0] for state in states], 1)
    return {name: value.detach().numpy() for name, value in found.items()}


def cell_terms(config: dict, w: SimpleNamespace, gates: list, states: list, total: list) -> dict[str, list[Tensor]]:
    """The terms of dL/dc_t per step. After an example's last real step dL/dc is 0, so the terms that
    come from step t + 1 end there by themselves."""
    steps, none = len(states), torch.zeros_like(states[0][1])
    c, dh, dc = ([s[1] for s in states], [g[0] for g in total], [g[1] for g in total])
    later = range(1, steps)
    terms = {
        "direct": [direct(gates[t], dc[t]) for t in later] + [none],
        "through_hidden": [through_hidden(at_step(w, t), gates[t], c[t], dh[t]) for t in range(steps)],
    }
    if cell_of(config).peepholes:
        terms["through_peepholes"] = [
            through_peepholes(at_step(w, t), gates[t], c[t - 1], dc[t]) for t in later
        ] + [none]
    return terms
