import type { Layer } from '../../layers/layer.ts'
import type { FusedCell } from '../cell.ts'

/** As kernels/rnn.ts counts them. */
const activations = ['tanh', 'relu', 'sigmoid', 'identity'] as const
const numberOf = ({ activation = 'tanh' }: Layer): number => activations.indexOf(activation)

export const rnn: FusedCell = {
  id: 'rnn',
  parts: [{ from: 0, to: 1 }],
  keeps: [],
  forward(pass, t) {
    pass.recur(t)
    pass.kernels.rnnForward(pass.rows(t), pass.units, numberOf(pass.layer), pass.gates(t), pass.at('hidden', t))
  },
  backward(back, t) {
    const { kernels, layer, units } = back.forward
    const hidden = back.forward.at('hidden', t)
    kernels.rnnBackward(back.forward.rows(t), units, numberOf(layer), hidden, back.at('hidden', t), back.gates(t))
    back.recur(t)
  },
}
