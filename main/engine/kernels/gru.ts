import { flushed, get, madd, set, sigmoid, sigmoidSlope, tanh, tanhSlope, worthwhile } from './vector'

/**
 * Gated recurrent unit, reset after the product, one step of `rows` examples; blocks in the order r, z, n.
 *
 *   r, z = sigmoid(a)   n = tanh(a_n + r q)   h = (1 - z) n + z h'          (h' the h of the step before)
 *
 * `gates` holds the arguments a, W x + W h' + biases but for n, where it is W_in x + b_in, and then what they
 * are squashed to. `inner` holds q = W_hn h' + b_hn.
 */
export function gruForward(rows: i32, units: i32, gates: usize, inner: usize, before: usize, hidden: usize): void {
  const width = usize(units) << 2
  for (let row = 0; row < rows; row++) {
    for (let j: usize = 0; j < width; j += 16) {
      const r = sigmoid(get(gates, j))
      const z = sigmoid(get(gates + width, j))
      const n = tanh(madd(r, get(inner, j), get(gates + 2 * width, j)))
      set(gates, j, r)
      set(gates + width, j, z)
      set(gates + 2 * width, j, n)
      set(hidden, j, mixed(z, n, get(before, j)))
    }
    gates += 3 * width
    inner += width
    before += width
    hidden += width
  }
}

/** h = (1 - z) n + z h'. */
// @ts-ignore: decorator
@inline
export function mixed(z: v128, n: v128, before: v128): v128 {
  return madd(f32x4.sub(f32x4.splat(1), z), n, f32x4.mul(z, before))
}

/**
 * Backward from dL/dh in total:
 *
 *   dL/da_n = dL/dh (1 - z) (1 - n^2)     dL/dq = dL/da_n r     dL/da_r = dL/da_n q r (1 - r)
 *   dL/da_z = dL/dh (h' - n) z (1 - z)    dL/dh' += dL/dh z     and later what comes through the weights
 */
export function gruBackward(
  rows: i32, units: i32, gates: usize, inner: usize, before: usize,
  dHidden: usize, dBefore: usize, dGates: usize, dInner: usize,
): void {
  const width = usize(units) << 2
  const one = f32x4.splat(1)
  for (let row = 0; row < rows; row++) {
    for (let j: usize = 0; j < width; j += 16) {
      const r = get(gates, j)
      const z = get(gates + width, j)
      const n = get(gates + 2 * width, j)
      const dh = get(dHidden, j)
      const dn = worthwhile(f32x4.mul(f32x4.mul(dh, f32x4.sub(one, z)), tanhSlope(n)))
      set(dGates, j, worthwhile(f32x4.mul(f32x4.mul(dn, get(inner, j)), sigmoidSlope(r))))
      set(dGates + width, j, worthwhile(f32x4.mul(f32x4.mul(dh, f32x4.sub(get(before, j), n)), sigmoidSlope(z))))
      set(dGates + 2 * width, j, dn)
      set(dInner, j, worthwhile(f32x4.mul(dn, r)))
      set(dBefore, j, flushed(madd(dh, z, get(dBefore, j))))
    }
    gates += 3 * width
    inner += width
    before += width
    dHidden += width
    dBefore += width
    dGates += 3 * width
    dInner += width
  }
}
