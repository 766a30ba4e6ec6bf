/** Four float32 lanes: fused multiply-add, the squashing functions and their neighbours. */

/** a b + c: rounded once where the machine has it (relaxed SIMD), else twice. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c)
}

/** The smaller of x and limit; a NaN in x stays (pmin takes its first operand unless the second is less). */
// @ts-ignore: decorator
@inline
function atMost(x: v128, limit: f32): v128 {
  return f32x4.pmin(x, f32x4.splat(limit))
}

// @ts-ignore: decorator
@inline
function atLeast(x: v128, limit: f32): v128 {
  return f32x4.pmax(x, f32x4.splat(limit))
}

/**
 * 1.5 * 2^23: a number below 2^22 in size that is added to it is rounded to a whole one, which then
 * stands in the lowest bits.
 */
// @ts-ignore: decorator
@inline
const rounder: f32 = 12582912

/** x / ln 2, rounded to a whole n and still with `rounder` added: exp(x) = 2^n exp(x - n ln 2). */
// @ts-ignore: decorator
@inline
function powerOf(x: v128): v128 {
  return madd(x, f32x4.splat(1.44269504088896341), f32x4.splat(rounder))
}

/** 2^n of what powerOf gave, for n from -126 to 127. */
// @ts-ignore: decorator
@inline
function scaleOf(power: v128): v128 {
  return i32x4.add(i32x4.shl(power, 23), i32x4.splat(0x3f800000))
}

/**
 * exp(r) - 1 for r = x - n ln 2, which lies within 0.35 of zero: ln 2 is taken off in two parts, the first
 * exact in few bits, and r + r^2 P(r) has the coefficients of Cephes' expf (Moshier 1992), good to 1e-7 of
 * the result however small r is.
 */
// @ts-ignore: decorator
@inline
function remainder(x: v128, power: v128): v128 {
  const n = f32x4.sub(power, f32x4.splat(rounder))
  const r = madd(n, f32x4.splat(2.12194440e-4), madd(n, f32x4.splat(-0.693359375), x))
  let p = f32x4.splat(1.9875691500e-4)
  p = madd(p, r, f32x4.splat(1.3981999507e-3))
  p = madd(p, r, f32x4.splat(8.3334519073e-3))
  p = madd(p, r, f32x4.splat(4.1665795894e-2))
  p = madd(p, r, f32x4.splat(1.6666665459e-1))
  p = madd(p, r, f32x4.splat(5.0000001201e-1))
  return madd(p, f32x4.mul(r, r), r)
}

/**
 * 1 / (1 + exp(-x)). Exactly 1 from 17 on and exactly 0 below -88, where the true value is under float32's
 * smallest normal number; NaN stays NaN.
 */
// @ts-ignore: decorator
@inline
export function sigmoid(x: v128): v128 {
  const negative = f32x4.neg(x)
  const limited = atLeast(atMost(negative, 88), -87)
  const power = powerOf(limited)
  const scale = scaleOf(power)
  const one = f32x4.splat(1)
  // exp(-x) = 2^n (1 + (exp(r) - 1)), n at most 127
  const exponential = madd(scale, remainder(limited, power), scale)
  return v128.andnot(f32x4.div(one, f32x4.add(one, exponential)), f32x4.gt(negative, f32x4.splat(88)))
}

/**
 * tanh x = (exp(2x) - 1) / (exp(2x) + 1), by way of exp(2x) - 1 = 2^n (exp(r) - 1) + (2^n - 1): where n = 0
 * nothing cancels, so that small x keep all their digits. Exactly 1 in size beyond 10; NaN stays NaN.
 */
// @ts-ignore: decorator
@inline
export function tanh(x: v128): v128 {
  const limited = atLeast(atMost(x, 10), -10)
  const twice = f32x4.add(limited, limited)
  const power = powerOf(twice)
  const scale = scaleOf(power)
  const less = madd(scale, remainder(twice, power), f32x4.sub(scale, f32x4.splat(1)))
  return f32x4.div(less, f32x4.add(less, f32x4.splat(2)))
}

/** max(x, 0); NaN stays NaN. */
// @ts-ignore: decorator
@inline
export function relu(x: v128): v128 {
  return atLeast(x, 0)
}

/** y (1 - y): the slope of the sigmoid where it gives y. */
// @ts-ignore: decorator
@inline
export function sigmoidSlope(y: v128): v128 {
  return f32x4.mul(y, f32x4.sub(f32x4.splat(1), y))
}

/** 1 - y^2: the slope of tanh where it gives y. */
// @ts-ignore: decorator
@inline
export function tanhSlope(y: v128): v128 {
  return f32x4.mul(f32x4.sub(f32x4.splat(1), y), f32x4.add(f32x4.splat(1), y))
}

/**
 * x with its subnormal numbers (below 1.2e-38) as 0: a gradient that fades passes through them, and a
 * processor multiplies them a hundred times slower than others. NaN stays NaN.
 */
// @ts-ignore: decorator
@inline
export function flushed(x: v128): v128 {
  return v128.andnot(x, f32x4.lt(f32x4.abs(x), f32x4.splat(1.17549435e-38)))
}

/**
 * x with what is below 1e-32 as 0: a gradient of a gate's argument on its way into a product with weights. Smaller
 * ones would give products that are subnormal, thousands of them in every step of a gradient that fades, and a
 * step would take ten times as long. What they would bring is below 1e-32 as well. NaN stays NaN.
 */
// @ts-ignore: decorator
@inline
export function worthwhile(x: v128): v128 {
  return v128.andnot(x, f32x4.lt(f32x4.abs(x), f32x4.splat(1e-32)))
}

/** Four numbers at `at` + `byte`. */
// @ts-ignore: decorator
@inline
export function get(at: usize, byte: usize): v128 {
  return v128.load(at + byte)
}

// @ts-ignore: decorator
@inline
export function set(at: usize, byte: usize, x: v128): void {
  v128.store(at + byte, x)
}
