"""Times training steps in PyTorch: a line of JSON in, a line of JSON out.

In:  {"path": "torch-nn" | "torch-loop", "cell", "time", "width", "units", "batch", "steps"}
Out: {"ms": [...]}, {"version": ...} for the first line, or {"error": ...}

torch-nn is nn.RNN, nn.LSTM or nn.GRU; torch-loop the same by its Cell class, step by step, with the gradient of
every state kept: what one writes in PyTorch to see what the lab shows.
"""

import json
import sys
import time

import torch
from torch import nn

WHOLE = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
STEP = {"rnn": nn.RNNCell, "lstm": nn.LSTMCell, "gru": nn.GRUCell}


class Loop(nn.Module):
    def __init__(self, cell, width, units):
        super().__init__()
        self.cell = STEP[cell](width, units)
        self.units = units
        self.head = nn.Linear(units, 1)

    def forward(self, x):
        h = x.new_zeros(x.shape[0], self.units)
        c = x.new_zeros(x.shape[0], self.units)
        self.states = []
        for x_t in x.unbind(1):
            if isinstance(self.cell, nn.LSTMCell):
                h, c = self.cell(x_t, (h, c))
                c.retain_grad()
                self.states.append(c)
            else:
                h = self.cell(x_t, h)
            h.retain_grad()
            self.states.append(h)
        return self.head(h)


class Whole(nn.Module):
    def __init__(self, cell, width, units):
        super().__init__()
        self.rnn = WHOLE[cell](width, units, batch_first=True)
        self.head = nn.Linear(units, 1)

    def forward(self, x):
        return self.head(self.rnn(x)[0][:, -1])


def timed(problem):
    torch.manual_seed(1)
    # A gradient that fades passes through subnormal numbers, which cost a processor a hundred times as much.
    torch.set_flush_denormal(True)
    kind = Loop if problem["path"] == "torch-loop" else Whole
    model = kind(problem["cell"], problem["width"], problem["units"])
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
    x = torch.randn(problem["batch"], problem["time"], problem["width"])
    y = torch.randn(problem["batch"], 1)

    def step():
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x), y)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        return loss.item()

    step()
    return step


def main():
    print(json.dumps({"version": f"{torch.__version__}, {torch.get_num_threads()} threads"}), flush=True)
    known, step = None, None
    for line in sys.stdin:
        problem = json.loads(line)
        steps = problem.pop("steps")
        try:
            if problem != known:
                known, step = problem, timed(problem)
            step()  # wakes up what has slept, untimed, as for the engines
            ms = []
            for _ in range(steps):
                started = time.perf_counter()
                step()
                ms.append((time.perf_counter() - started) * 1000)
            print(json.dumps({"ms": ms}), flush=True)
        except Exception as error:  # said to the bench, which leaves this row out
            print(json.dumps({"error": str(error)}), flush=True)


main()
