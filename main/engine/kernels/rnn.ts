import { get, relu, set, sigmoid, sigmoidSlope, tanh, tanhSlope, worthwhile } from './vector'

/** The activations by number: 0 tanh, 1 relu, 2 sigmoid, 3 identity. */
// @ts-ignore: decorator
@inline
function activated(activation: i32, z: v128): v128 {
  if (activation == 0) return tanh(z)
  if (activation == 1) return relu(z)
  if (activation == 2) return sigmoid(z)
  return z
}

/** dL/dz from dL/dh and h = act(z). A closed ReLU passes nothing, not even NaN, as in PyTorch. */
// @ts-ignore: decorator
@inline
function through(activation: i32, h: v128, dh: v128): v128 {
  if (activation == 0) return f32x4.mul(dh, tanhSlope(h))
  if (activation == 1) return v128.andnot(dh, f32x4.eq(h, f32x4.splat(0)))
  if (activation == 2) return f32x4.mul(dh, sigmoidSlope(h))
  return dh
}

/** The plain recurrent network, one step: h = act(z) with z = W x + W h' + biases. */
export function rnnForward(rows: i32, units: i32, activation: i32, gates: usize, hidden: usize): void {
  const width = usize(rows * units) << 2
  for (let j: usize = 0; j < width; j += 16) set(hidden, j, activated(activation, get(gates, j)))
}

/** Backward: dL/dz = dL/dh act'(z). */
export function rnnBackward(rows: i32, units: i32, activation: i32, hidden: usize, dHidden: usize, dGates: usize): void {
  const width = usize(rows * units) << 2
  for (let j: usize = 0; j < width; j += 16) {
    set(dGates, j, worthwhile(through(activation, get(hidden, j), get(dHidden, j))))
  }
}
