import type { Tensor2D } from '@tensorflow/tfjs'
import type { Cell } from './cell.ts'

const activations = {
  tanh: (z: Tensor2D): Tensor2D => z.tanh(),
  relu: (z: Tensor2D): Tensor2D => z.relu(),
  sigmoid: (z: Tensor2D): Tensor2D => z.sigmoid(),
  identity: (z: Tensor2D): Tensor2D => z,
}

/**
 * The plain recurrent network (Elman 1990; torch.nn.RNN):
 *   h_t = act(W_ih x_t + b_ih + W_hh h_{t-1} + b_hh)
 */
export const rnn: Cell = {
  id: 'rnn',
  hasCellState: false,
  gates: [],
  blocks: 1,
  step(drive, { h }, { weight, bias }, _tap, activation = 'tanh') {
    const z: Tensor2D = drive.add(h.matMul(weight).add(bias))
    return { state: { h: activations[activation](z) }, gates: {} }
  },
}
