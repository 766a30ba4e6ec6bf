import type { FusedCell } from '../cell.ts'

/** Keeps p = r h_{t-1}, on which the candidate's weights act. */
export const gruOriginal: FusedCell = {
  id: 'gru-original',
  parts: [
    { from: 0, to: 2 },
    { from: 2, to: 3, reads: 'reset' },
  ],
  keeps: ['reset'],
  forward(pass, t) {
    const before = pass.at('hidden', t - 1)
    pass.recur(t, 0)
    pass.kernels.resetForward(pass.rows(t), pass.units, pass.gates(t), before, pass.at('reset', t))
    pass.recur(t, 1)
    pass.kernels.mixForward(pass.rows(t), pass.units, pass.gates(t), before, pass.at('hidden', t))
  },
  backward(back, t) {
    const { forward } = back
    const { kernels, units } = forward
    const rows = forward.rows(t)
    const before = forward.at('hidden', t - 1)
    const dBefore = back.at('hidden', t - 1)
    kernels.mixBackward(rows, units, forward.gates(t), before, back.at('hidden', t), dBefore, back.gates(t))
    back.recur(t, 1)
    kernels.resetBackward(rows, units, forward.gates(t), before, back.at('reset', t), dBefore, back.gates(t))
    back.recur(t, 0)
  },
}
