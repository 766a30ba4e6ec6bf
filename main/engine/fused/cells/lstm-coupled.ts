import type { FusedCell } from '../cell.ts'

/** Keeps c and s = tanh(c). Its input gate is 1 - f and has no rows. */
export const lstmCoupled: FusedCell = {
  id: 'lstm-coupled',
  parts: [{ from: 0, to: 3 }],
  keeps: ['cell', 'squashed'],
  derivedGates: { input: { from: 'forget', of: (forget) => 1 - forget } },
  forward(pass, t) {
    pass.recur(t)
    pass.kernels.coupledForward(
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
    forward.kernels.coupledBackward(
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
