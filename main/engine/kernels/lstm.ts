import { flushed, get, madd, set, sigmoid, sigmoidSlope, tanh, tanhSlope, worthwhile } from './vector'

/**
 * Long short-term memory, one step of `rows` examples; blocks of a row in the order i, f, g, o.
 *
 *   i, f, o = sigmoid(z)   g = tanh(z)   c = f c' + i g   h = o tanh(c)        (c' the c of the step before)
 *
 * `gates` holds z, W x + W h' + biases, and then what they are squashed to.
 */
export function lstmForward(rows: i32, units: i32, gates: usize, before: usize, cell: usize, squashed: usize, hidden: usize): void {
  const width = usize(units) << 2
  for (let row = 0; row < rows; row++) {
    for (let j: usize = 0; j < width; j += 16) {
      const i = sigmoid(get(gates, j))
      const f = sigmoid(get(gates + width, j))
      const g = tanh(get(gates + 2 * width, j))
      const o = sigmoid(get(gates + 3 * width, j))
      const c = madd(f, get(before, j), f32x4.mul(i, g))
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
 * Backward. `dHidden` is dL/dh in total and `dCell` what c receives from the step after it, f dL/dc of that
 * step. With s = tanh(c):
 *
 *   dL/do = dL/dh s             dL/dc += dL/dh o (1 - s^2)      by way of h
 *   dL/di = dL/dc g             dL/df = dL/dc c'                dL/dg = dL/dc i
 *   dL/dc' = dL/dc f            the direct path
 *
 * and through each squashing dL/dz = dL/dy (slope at y). Where `direct` is not 0 both terms of dL/dc are
 * kept: `through` those of this step, `direct` those of the step before it.
 */
export function lstmBackward(
  rows: i32, units: i32, gates: usize, before: usize, squashed: usize,
  dHidden: usize, dCell: usize, dBefore: usize, dGates: usize, through: usize, direct: usize,
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
      const throughHidden = f32x4.mul(dh, f32x4.mul(o, tanhSlope(s)))
      const dc = f32x4.add(get(dCell, j), throughHidden)
      const carried = flushed(f32x4.mul(dc, f))
      set(dCell, j, dc)
      set(dBefore, j, carried)
      set(dGates, j, worthwhile(f32x4.mul(f32x4.mul(dc, g), sigmoidSlope(i))))
      set(dGates + width, j, worthwhile(f32x4.mul(f32x4.mul(dc, get(before, j)), sigmoidSlope(f))))
      set(dGates + 2 * width, j, worthwhile(f32x4.mul(f32x4.mul(dc, i), tanhSlope(g))))
      set(dGates + 3 * width, j, worthwhile(f32x4.mul(f32x4.mul(dh, s), sigmoidSlope(o))))
      if (direct) {
        set(through, j, throughHidden)
        set(direct, j, carried)
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
    }
  }
}
