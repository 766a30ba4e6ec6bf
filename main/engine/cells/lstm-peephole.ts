import { blocks, type Cell, cellStateOf } from './cell.ts'

/**
 * LSTM with peepholes (Gers & Schmidhuber 2000; Graves 2013, equations 7 to 11): the gates also see the
 * cell state, unit by unit. i and f see c_{t-1}, o sees c_t:
 *   i, f = sigmoid(W_ih x_t + b_ih + W_hh h_{t-1} + b_hh + w_c * c_{t-1})
 *   g = tanh(W_ih x_t + b_ih + W_hh h_{t-1} + b_hh)
 *   c_t = f * c_{t-1} + i * g
 *   o = sigmoid(W_ih x_t + b_ih + W_hh h_{t-1} + b_hh + w_co * c_t)
 *   h_t = o * tanh(c_t)
 * So c_t acts on h_t in two places, both of its path through h_t, and on step t+1 by way of i and f.
 */
export const lstmPeephole: Cell = {
  id: 'lstm-peephole',
  hasCellState: true,
  gates: ['input', 'forget', 'candidate', 'output'],
  rows: ['input', 'forget', 'candidate', 'output'],
  peepholes: ['weight_ci', 'weight_cf', 'weight_co'],
  paths: ['direct', 'through_hidden', 'through_peepholes'],
  step(drive, state, { weight, bias, peepholes }, tap) {
    const { weight_ci: wi, weight_cf: wf, weight_co: wo } = peepholes
    if (!wi || !wf || !wo) throw new TypeError('a step of this cell needs its three peephole weights')
    const before = cellStateOf(state)
    const seen = tap('cell.through_peepholes', before)
    const [zi, zf, zg, zo] = blocks(drive.add(state.h.matMul(weight)).add(bias), 4)
    const i = tap('gates.input', zi.add(seen.mul(wi)).sigmoid())
    const f = tap('gates.forget', zf.add(seen.mul(wf)).sigmoid())
    const g = tap('gates.candidate', zg.tanh())
    const c = tap('cell', f.mul(tap('cell.direct', before)).add(i.mul(g)))
    const shown = tap('cell.through_hidden', c)
    const o = tap('gates.output', zo.add(shown.mul(wo)).sigmoid())
    const h = o.mul(shown.tanh())
    return { state: { h, c }, gates: { input: i, forget: f, candidate: g, output: o } }
  },
}
