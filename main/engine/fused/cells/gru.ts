import type { FusedCell } from '../cell.ts'

/** Keeps q = W_hn h_{t-1} + b_hn, on which the reset gate acts. */
export const gru: FusedCell = {
  id: 'gru',
  parts: [
    { from: 0, to: 2 },
    { from: 2, to: 3, into: 'inner' },
  ],
  keeps: ['inner'],
  forward(pass, t) {
    pass.recur(t, 0)
    pass.recur(t, 1)
    const before = pass.at('hidden', t - 1)
    pass.kernels.gruForward(pass.rows(t), pass.units, pass.gates(t), pass.at('inner', t), before, pass.at('hidden', t))
  },
  backward(back, t) {
    const { forward } = back
    forward.kernels.gruBackward(
      forward.rows(t),
      forward.units,
      forward.gates(t),
      forward.at('inner', t),
      forward.at('hidden', t - 1),
      back.at('hidden', t),
      back.at('hidden', t - 1),
      back.gates(t),
      back.at('inner', t),
    )
    back.recur(t, 0)
    back.recur(t, 1)
  },
}
