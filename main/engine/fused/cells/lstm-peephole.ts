import type { BackwardPass } from '../backward-pass.ts'
import type { FusedCell } from '../cell.ts'

const peepholes = ['weight_ci', 'weight_cf', 'weight_co'] as const

/** Keeps c and s = tanh(c). The peepholes lie one after the other. */
export const lstmPeephole: FusedCell = {
  id: 'lstm-peephole',
  parts: [{ from: 0, to: 4 }],
  keeps: ['cell', 'squashed'],
  diagonals: peepholes,
  forward(pass, t) {
    pass.recur(t)
    pass.kernels.peepholeForward(
      pass.rows(t),
      pass.units,
      pass.gates(t),
      pass.at('cell', t - 1),
      pass.parameter(peepholes[0]),
      pass.at('cell', t),
      pass.at('squashed', t),
      pass.at('hidden', t),
    )
  },
  backward(back, t) {
    const { forward } = back
    forward.kernels.peepholeBackward(
      forward.rows(t),
      forward.units,
      forward.gates(t),
      forward.at('cell', t - 1),
      forward.at('squashed', t),
      forward.parameter(peepholes[0]),
      back.at('hidden', t),
      back.at('cell', t),
      back.at('cell', t - 1),
      back.gates(t),
      back.path('through_hidden', t),
      back.path('direct', t - 1),
      back.path('through_peepholes', t - 1),
    )
    addPeepholes(back, t)
    back.recur(t)
  },
}

/** dL/dw_ci = sum over rows of dL/dz_i c_{t-1}, w_cf likewise; dL/dw_co = sum of dL/dz_o c_t. */
function addPeepholes(back: BackwardPass, t: number): void {
  const { kernels, units, line, gatesLine } = back.forward
  const { forward: pass } = back
  for (const [block, name, seenAt] of [
    [0, 'weight_ci', t - 1],
    [1, 'weight_cf', t - 1],
    [3, 'weight_co', t],
  ] as const) {
    const gradient = back.gates(t) + block * line
    kernels.addProducts(pass.rows(t), units, gradient, gatesLine, pass.at('cell', seenAt), line, back.parameter(name))
  }
}
