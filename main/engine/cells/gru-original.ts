import { blocks, type Cell } from './cell.ts'

/**
 * Gated recurrent unit as first published (Cho et al. 2014; Chung et al. 2014): the reset gate acts on
 * h_{t-1} before the recurrent weights do. Rows in the order r, z, n:
 *   r, z = sigmoid(W_ih x_t + b_ih + W_hh h_{t-1} + b_hh)
 *   n = tanh(W_in x_t + b_in + W_hn (r * h_{t-1}) + b_hn)
 *   h_t = (1 - z) * n + z * h_{t-1}
 */
export const gruOriginal: Cell = {
  id: 'gru-original',
  hasCellState: false,
  gates: ['reset', 'update', 'candidate'],
  rows: ['reset', 'update', 'candidate'],
  paths: [],
  step(drive, { h }, { weight, bias }, tap) {
    const [xr, xz, xn] = blocks(drive, 3)
    const [wr, wz, wn] = blocks(weight, 3)
    const [br, bz, bn] = blocks(bias, 3)
    const r = tap('gates.reset', xr.add(h.matMul(wr)).add(br).sigmoid())
    const z = tap('gates.update', xz.add(h.matMul(wz)).add(bz).sigmoid())
    const n = tap('gates.candidate', xn.add(r.mul(h).matMul(wn)).add(bn).tanh())
    return { state: { h: z.mul(-1).add(1).mul(n).add(z.mul(h)) }, gates: { reset: r, update: z, candidate: n } }
  },
}
