import { flushed, get, madd, set, sigmoid, sigmoidSlope, tanh, tanhSlope, worthwhile } from './vector'

/**
 * LSTM with coupled gates, one step of `rows` examples; blocks of a row in the order f, g, o.
 *
 *   f, o = sigmoid(z)   g = tanh(z)   c = f c' + (1 - f) g   h = o tanh(c)      (c' the c of the step before)
 *
 * `gates` holds z, W x + W h' + biases, and then what they are squashed to.
 */
export function coupledForward(
  rows: i32, units: i32, gates: usize, before: usize, cell: usize, squashed: usize, hidden: usize,
): void {
  const width = usize(units) << 2
  const one = f32x4.splat(1)
  for (let row = 0; row < rows; row++) {
    for (let j: usize = 0; j < width; j += 16) {
      const f = sigmoid(get(gates, j))
      const g = tanh(get(gates + width, j))
      const o = sigmoid(get(gates + 2 * width, j))
      const c = madd(f, get(before, j), f32x4.mul(f32x4.sub(one, f), g))
      const s = tanh(c)
      set(gates, j, f)
      set(gates + width, j, g)
      set(gates + 2 * width, j, o)
      set(cell, j, c)
      set(squashed, j, s)
      set(hidden, j, f32x4.mul(o, s))
    }
    gates += 3 * width
    before += width
    cell += width
    squashed += width
    hidden += width
  }
}

/**
 * Backward, as for the LSTM (lstm.ts) but that f acts twice on c = f c' + (1 - f) g. With s = tanh(c):
 *
 *   dL/do = dL/dh s             dL/dc += dL/dh o (1 - s^2)      by way of h
 *   dL/df = dL/dc (c' - g)      dL/dg = dL/dc (1 - f)
 *   dL/dc' = dL/dc f            the direct path
 *
 * Where `direct` is not 0 both terms of dL/dc are kept.
 */
export function coupledBackward(
  rows: i32, units: i32, gates: usize, before: usize, squashed: usize,
  dHidden: usize, dCell: usize, dBefore: usize, dGates: usize, through: usize, direct: usize,
): void {
  const width = usize(units) << 2
  const one = f32x4.splat(1)
  for (let row = 0; row < rows; row++) {
    for (let j: usize = 0; j < width; j += 16) {
      const f = get(gates, j)
      const g = get(gates + width, j)
      const o = get(gates + 2 * width, j)
      const s = get(squashed, j)
      const dh = get(dHidden, j)
      const throughHidden = f32x4.mul(dh, f32x4.mul(o, tanhSlope(s)))
      const dc = f32x4.add(get(dCell, j), throughHidden)
      const carried = flushed(f32x4.mul(dc, f))
      const difference = f32x4.sub(get(before, j), g)
      set(dCell, j, dc)
      set(dBefore, j, carried)
      set(dGates, j, worthwhile(f32x4.mul(f32x4.mul(dc, difference), sigmoidSlope(f))))
      set(dGates + width, j, worthwhile(f32x4.mul(f32x4.mul(dc, f32x4.sub(one, f)), tanhSlope(g))))
      set(dGates + 2 * width, j, worthwhile(f32x4.mul(f32x4.mul(dh, s), sigmoidSlope(o))))
      if (direct) {
        set(through, j, throughHidden)
        set(direct, j, carried)
      }
    }
    gates += 3 * width
    before += width
    squashed += width
    dHidden += width
    dCell += width
    dBefore += width
    dGates += 3 * width
    if (direct) {
      through += width
      direct += width
    }
  }
}
