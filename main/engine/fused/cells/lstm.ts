import type { FusedCell } from '../cell.ts'

/** Keeps c and s = tanh(c). */
export const lstm: FusedCell = {
  id: 'lstm',
  parts: [{ from: 0, to: 4 }],
  keeps: ['cell', 'squashed'],
  forward(pass, t) {
    pass.recur(t)
    pass.kernels.lstmForward(
      pass.rows(t),
      pass.units,
      pass.gates(t),
      pass.at('cell', t - 1),
      pass.at('cell', t),
      pass.at('squashed', t),
      pass.at('hidden', t),
    )
  },
  backward(back, t) {
    const { forward } = back
    forward.kernels.lstmBackward(
      forward.rows(t),
      forward.units,
      forward.gates(t),
      forward.at('cell', t - 1),
      forward.at('squashed', t),
      back.at('hidden', t),
      back.at('cell', t),
      back.at('cell', t - 1),
      back.gates(t),
      back.path('through_hidden', t),
      back.path('direct', t - 1),
    )
    back.recur(t)
  },
}
