import { flushed, get, madd, set, sigmoid, sigmoidSlope, tanh, tanhSlope, worthwhile } from './vector'

/**
 * LSTM with peepholes, one step of `rows` examples; blocks of a row in the order i, f, g, o. `peepholes`
 * holds w_ci, w_cf, w_co one after the other.
 *
 *   i = sigmoid(z_i + w_ci c')   f = sigmoid(z_f + w_cf c')   g = tanh(z_g)
 *   c = f c' + i g               o = sigmoid(z_o + w_co c)    h = o tanh(c)      (c' the c of the step before)
 *
 * `gates` holds z, W x + W h' + biases, and then what they are squashed to.
 */
export function peepholeForward(
  rows: i32, units: i32, gates: usize, before: usize, peepholes: usize, cell: usize, squashed: usize, hidden: usize,
): void {
  const width = usize(units) << 2
  for (let row = 0; row < rows; row++) {
    for (let j: usize = 0; j < width; j += 16) {
      const last = get(before, j)
      const i = sigmoid(madd(last, get(peepholes, j), get(gates, j)))
      const f = sigmoid(madd(last, get(peepholes + width, j), get(gates + width, j)))
      const g = tanh(get(gates + 2 * width, j))
      const c = madd(f, last, f32x4.mul(i, g))
      const o = sigmoid(madd(c, get(peepholes + 2 * width, j), get(gates + 3 * width, j)))
      const s = tanh(c)
      set(gates, j, i)
      set(gates + width, j, f)
      set(gates + 2 * width, j, g)
      set(gates + 3 * width, j, o)
      set(cell, j, c)
      set(squashed, j, s)
      set(hidden, j, f32x4.mul(o, s))
    }
    gates += 4 * width
    before += width
    cell += width
    squashed += width
    hidden += width
  }
}

/**
 * Backward. `dHidden` is dL/dh in total and `dCell` what c receives from the step after it. With s = tanh(c):
 *
 *   dL/dz_o = dL/dh s o (1 - o)
 *   dL/dc  += dL/dh o (1 - s^2) + dL/dz_o w_co              by way of h: through s, and through o
 *   dL/dz_i = dL/dc g i (1 - i)     dL/dz_f = dL/dc c' f (1 - f)     dL/dz_g = dL/dc i (1 - g^2)
 *   dL/dc'  = dL/dc f                                       the direct path
 *           + dL/dz_i w_ci + dL/dz_f w_cf                   through the peepholes
 *
 * Where `direct` is not 0 the terms are kept: `through` that of this step, `direct` and `seen` (through the
 * peepholes) those of the step before it.
 */
export function peepholeBackward(
  rows: i32, units: i32, gates: usize, before: usize, squashed: usize, peepholes: usize,
  dHidden: usize, dCell: usize, dBefore: usize, dGates: usize, through: usize, direct: usize, seen: usize,
): void {
  const width = usize(units) << 2
  for (let row = 0; row < rows; row++) {
    for (let j: usize = 0; j < width; j += 16) {
      const i = get(gates, j)
      const f = get(gates + width, j)
      const g = get(gates + 2 * width, j)
      const o = get(gates + 3 * width, j)
      const s = get(squashed, j)
      const dh = get(dHidden, j)
      const dzo = worthwhile(f32x4.mul(f32x4.mul(dh, s), sigmoidSlope(o)))
      const throughHidden = madd(dzo, get(peepholes + 2 * width, j), f32x4.mul(dh, f32x4.mul(o, tanhSlope(s))))
      const dc = f32x4.add(get(dCell, j), throughHidden)
      const dzi = worthwhile(f32x4.mul(f32x4.mul(dc, g), sigmoidSlope(i)))
      const dzf = worthwhile(f32x4.mul(f32x4.mul(dc, get(before, j)), sigmoidSlope(f)))
      const carried = flushed(f32x4.mul(dc, f))
      const shown = flushed(madd(dzi, get(peepholes, j), f32x4.mul(dzf, get(peepholes + width, j))))
      set(dCell, j, dc)
      set(dBefore, j, f32x4.add(carried, shown))
      set(dGates, j, dzi)
      set(dGates + width, j, dzf)
      set(dGates + 2 * width, j, worthwhile(f32x4.mul(f32x4.mul(dc, i), tanhSlope(g))))
      set(dGates + 3 * width, j, dzo)
      if (direct) {
        set(through, j, throughHidden)
        set(direct, j, carried)
        set(seen, j, shown)
      }
    }
    gates += 4 * width
    before += width
    squashed += width
    dHidden += width
    dCell += width
    dBefore += width
    dGates += 4 * width
    if (direct) {
      through += width
      direct += width
      seen += width
    }
  }
}
