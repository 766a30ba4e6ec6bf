import { blocks, type Cell, cellStateOf } from './cell.ts'

/**
 * LSTM with coupled gates (Greff et al. 2017, "CIFG"): what is forgotten makes room for what is new,
 * so the input gate is 1 - f and needs no weights. Rows in the order f, g, o:
 *   f, o = sigmoid(W_ih x_t + b_ih + W_hh h_{t-1} + b_hh)     g = tanh(the same with its own rows)
 *   c_t = f * c_{t-1} + (1 - f) * g
 *   h_t = o * tanh(c_t)
 */
export const lstmCoupled: Cell = {
  id: 'lstm-coupled',
  hasCellState: true,
  gates: ['input', 'forget', 'candidate', 'output'],
  rows: ['forget', 'candidate', 'output'],
  paths: ['direct', 'through_hidden'],
  step(drive, state, { weight, bias }, tap) {
    const [zf, zg, zo] = blocks(drive.add(state.h.matMul(weight)).add(bias), 3)
    const f = tap('gates.forget', zf.sigmoid())
    const i = tap('gates.input', f.mul(-1).add(1))
    const g = tap('gates.candidate', zg.tanh())
    const o = tap('gates.output', zo.sigmoid())
    const c = tap('cell', f.mul(tap('cell.direct', cellStateOf(state))).add(i.mul(g)))
    const h = o.mul(tap('cell.through_hidden', c).tanh())
    return { state: { h, c }, gates: { input: i, forget: f, candidate: g, output: o } }
  },
}
