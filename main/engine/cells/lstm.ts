import type { Tensor2D } from '@tensorflow/tfjs'
import type { Cell } from './cell.ts'

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
  blocks: 4,
  step(drive, { h, c }, { weight, bias }, tap) {
    if (!c) throw new TypeError('an LSTM step needs the cell state c')
    const z: Tensor2D = drive.add(h.matMul(weight).add(bias))
    const [zi, zf, zg, zo] = z.split(4, 1) as [Tensor2D, Tensor2D, Tensor2D, Tensor2D]
    const i = zi.sigmoid()
    const f = zf.sigmoid()
    const g = zg.tanh()
    const o = zo.sigmoid()
    const next = tap('cell', f.mul(tap('cell.direct', c)).add(i.mul(g)))
    const hidden: Tensor2D = o.mul(tap('cell.through_hidden', next).tanh())
    return { state: { h: hidden, c: next }, gates: { input: i, forget: f, candidate: g, output: o } }
  },
}
