import type { FusedCell } from '../cell.ts'

/** Keeps c and s = tanh(c). The peepholes lie one after the other. */
export const lstmPeephole: FusedCell = {
  id: 'lstm-peephole',
  parts: [{ from: 0, to: 4 }],
  keeps: ['cell', 'squashed'],
  diagonals: [
    { name: 'weight_ci', block: 0, sees: 'cell', back: 1 },
    { name: 'weight_cf', block: 1, sees: 'cell', back: 1 },
    { name: 'weight_co', block: 3, sees: 'cell', back: 0 },
  ],
  forward(pass, t) {
    pass.recur(t)
    pass.kernels.peepholeForward(
      pass.rows(t),
      pass.units,
      pass.gates(t),
      pass.at('cell', t - 1),
      pass.parameter('weight_ci'),
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
      forward.parameter('weight_ci'),
      back.at('hidden', t),
      back.at('cell', t),
      back.at('cell', t - 1),
      back.gates(t),
      back.path('through_hidden', t),
      back.path('direct', t - 1),
      back.path('through_peepholes', t - 1),
    )
    back.recur(t)
  },
}
