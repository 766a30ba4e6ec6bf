import { mixed } from './gru'
import { flushed, get, madd, set, sigmoid, sigmoidSlope, tanh, tanhSlope, worthwhile } from './vector'

/**
 * Gated recurrent unit as first published, the reset before the product; blocks in the order r, z, n.
 *
 *   r, z = sigmoid(a)   p = r h'   n = tanh(a_n)   h = (1 - z) n + z h'     (h' the h of the step before)
 *
 * `gates` holds the arguments a = W x + biases + W h', for n with p in the place of h'; so a step has two
 * products, and a pass over the gates after each. This is the first: r, z and p.
 */
export function resetForward(rows: i32, units: i32, gates: usize, before: usize, reset: usize): void {
  const width = usize(units) << 2
  for (let row = 0; row < rows; row++) {
    for (let j: usize = 0; j < width; j += 16) {
      const r = sigmoid(get(gates, j))
      set(gates, j, r)
      set(gates + width, j, sigmoid(get(gates + width, j)))
      set(reset, j, f32x4.mul(r, get(before, j)))
    }
    gates += 3 * width
    before += width
    reset += width
  }
}

/** The second: n and h. */
export function mixForward(rows: i32, units: i32, gates: usize, before: usize, hidden: usize): void {
  const width = usize(units) << 2
  for (let row = 0; row < rows; row++) {
    for (let j: usize = 0; j < width; j += 16) {
      const n = tanh(get(gates + 2 * width, j))
      set(gates + 2 * width, j, n)
      set(hidden, j, mixed(get(gates + width, j), n, get(before, j)))
    }
    gates += 3 * width
    before += width
    hidden += width
  }
}

/**
 * Backward from dL/dh in total, first what does not need dL/dp:
 *
 *   dL/da_n = dL/dh (1 - z) (1 - n^2)     dL/da_z = dL/dh (h' - n) z (1 - z)     dL/dh' += dL/dh z
 *
 * Then dL/dp = dL/da_n W_hn, a product.
 */
export function mixBackward(
  rows: i32, units: i32, gates: usize, before: usize, dHidden: usize, dBefore: usize, dGates: usize,
): void {
  const width = usize(units) << 2
  const one = f32x4.splat(1)
  for (let row = 0; row < rows; row++) {
    for (let j: usize = 0; j < width; j += 16) {
      const z = get(gates + width, j)
      const n = get(gates + 2 * width, j)
      const dh = get(dHidden, j)
      set(dGates + width, j, worthwhile(f32x4.mul(f32x4.mul(dh, f32x4.sub(get(before, j), n)), sigmoidSlope(z))))
      set(dGates + 2 * width, j, worthwhile(f32x4.mul(f32x4.mul(dh, f32x4.sub(one, z)), tanhSlope(n))))
      set(dBefore, j, flushed(madd(dh, z, get(dBefore, j))))
    }
    gates += 3 * width
    before += width
    dHidden += width
    dBefore += width
    dGates += 3 * width
  }
}

/** And with dL/dp:   dL/da_r = dL/dp h' r (1 - r)     dL/dh' += dL/dp r */
export function resetBackward(
  rows: i32, units: i32, gates: usize, before: usize, dReset: usize, dBefore: usize, dGates: usize,
): void {
  const width = usize(units) << 2
  for (let row = 0; row < rows; row++) {
    for (let j: usize = 0; j < width; j += 16) {
      const r = get(gates, j)
      const dp = get(dReset, j)
      set(dGates, j, worthwhile(f32x4.mul(f32x4.mul(dp, get(before, j)), sigmoidSlope(r))))
      set(dBefore, j, flushed(madd(dp, r, get(dBefore, j))))
    }
    gates += 3 * width
    before += width
    dReset += width
    dBefore += width
    dGates += 3 * width
  }
}
