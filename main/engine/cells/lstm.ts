import { blocks, type Cell, cellStateOf } from './cell.ts'

/**
 * Long short-term memory with a forget gate (Hochreiter & Schmidhuber 1997; Gers et al. 2000;
 * torch.nn.LSTM, rows in the order i, f, g, o):
 *   i, f, o = sigmoid(W_ih x_t + b_ih + W_hh h_{t-1} + b_hh)     g = tanh(the same with its own rows)
 *   c_t = f * c_{t-1} + i * g
 *   h_t = o * tanh(c_t)
 */
export const lstm: Cell = {
  id: 'lstm',
  hasCellState: true,
  gates: ['input', 'forget', 'candidate', 'output'],
  rows: ['input', 'forget', 'candidate', 'output'],
  paths: ['direct', 'through_hidden'],
  step(drive, state, { weight, bias }, tap) {
    const [zi, zf, zg, zo] = blocks(drive.add(state.h.matMul(weight)).add(bias), 4)
    const i = tap('gates.input', zi.sigmoid())
    const f = tap('gates.forget', zf.sigmoid())
    const g = tap('gates.candidate', zg.tanh())
    const o = tap('gates.output', zo.sigmoid())
    const c = tap('cell', f.mul(tap('cell.direct', cellStateOf(state))).add(i.mul(g)))
    const h = o.mul(tap('cell.through_hidden', c).tanh())
    return { state: { h, c }, gates: { input: i, forget: f, candidate: g, output: o } }
  },
}
