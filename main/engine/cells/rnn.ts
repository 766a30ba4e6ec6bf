import type { Activation, Cell, Matrix } from './cell.ts'

const functions: Readonly<Record<Activation, <M extends Matrix<M>>(z: M) => M>> = {
  tanh: (z) => z.tanh(),
  relu: (z) => z.relu(),
  sigmoid: (z) => z.sigmoid(),
  identity: (z) => z,
}

/** What the plain RNN may put in place of act. */
export const activations = Object.keys(functions) as readonly Activation[]

/**
 * The plain recurrent network (Elman 1990; torch.nn.RNN):
 *   h_t = act(W_ih x_t + b_ih + W_hh h_{t-1} + b_hh)
 */
export const rnn: Cell = {
  id: 'rnn',
  hasCellState: false,
  gates: [],
  rows: [''],
  paths: [],
  step(drive, { h }, { weight, bias }, _tap, activation = 'tanh') {
    return { state: { h: functions[activation](drive.add(h.matMul(weight)).add(bias)) }, gates: {} }
  },
}
