import type { FusedCell } from '../cell.ts'

export const rnn: FusedCell = {
  id: 'rnn',
  parts: [{ from: 0, to: 1 }],
  keeps: [],
  forward(pass, t) {
    pass.recur(t)
    pass.kernels.rnnForward(pass.rows(t), pass.units, pass.plan.activation, pass.gates(t), pass.at('hidden', t))
  },
  backward(back, t) {
    const { kernels, plan, units } = back.forward
    const hidden = back.forward.at('hidden', t)
    kernels.rnnBackward(back.forward.rows(t), units, plan.activation, hidden, back.at('hidden', t), back.gates(t))
    back.recur(t)
  },
}
