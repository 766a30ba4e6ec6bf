import { blocks, type Cell } from './cell.ts'

/**
 * Gated recurrent unit as PyTorch, cuDNN and Keras (reset_after) have it (Cho et al. 2014, version 2 of
 * their preprint): the reset gate acts on what the recurrent weights gave. Rows in the order r, z, n:
 *   r, z = sigmoid(W_ih x_t + b_ih + W_hh h_{t-1} + b_hh)
 *   n = tanh(W_in x_t + b_in + r * (W_hn h_{t-1} + b_hn))
 *   h_t = (1 - z) * n + z * h_{t-1}
 */
export const gru: Cell = {
  id: 'gru',
  hasCellState: false,
  gates: ['reset', 'update', 'candidate'],
  rows: ['reset', 'update', 'candidate'],
  paths: [],
  step(drive, { h }, { weight, bias }, tap) {
    const [xr, xz, xn] = blocks(drive, 3)
    const [hr, hz, hn] = blocks(h.matMul(weight).add(bias), 3)
    const r = tap('gates.reset', xr.add(hr).sigmoid())
    const z = tap('gates.update', xz.add(hz).sigmoid())
    const n = tap('gates.candidate', xn.add(r.mul(hn)).tanh())
    return { state: { h: z.mul(-1).add(1).mul(n).add(z.mul(h)) }, gates: { reset: r, update: z, candidate: n } }
  },
}
