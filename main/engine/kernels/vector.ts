/** Four float32 lanes: fused multiply-add, the squashing functions and their neighbours. */

/** a b + c: rounded once where the machine has it (relaxed SIMD), else twice. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c)
}

/**
 * Constants of the squashing functions, by their place in `numbers`. A squashing takes half as long with them in
 * memory: V8 builds a constant vector in a general register first, three instructions where a load is one.
 */
const enum Value {
  one, two,
  /** Beyond these a squashing is flat: `sigmoid` of -x, and `tanh` on both sides. */
  sigmoidMost, sigmoidLeast, tanhMost, tanhLeast,
  /** 1.5 * 2^23: a number below 2^22 that is added to it is rounded to a whole one, which stands in its lowest bits. */
  rounder,
  perLn2,
  /** -ln 2 in two parts, the first exact in few bits. */
  ln2First, ln2Second,
  /** exp(r) = 1 + r + r^2 (c0 + c1 r + ... + c5 r^5) for r within 0.35 of 0, to 1e-7: Cephes' expf (Moshier 1992). */
  c0, c1, c2, c3, c4, c5,
}
const numbers = memory.data<f32>([
  1, 2,
  89, -87, 10, -10,
  12582912,
  1.44269504088896341,
  -0.693359375, 2.12194440e-4,
  5.0000001201e-1, 1.6666665459e-1, 4.1665795894e-2, 8.3334519073e-3, 1.3981999507e-3, 1.9875691500e-4,
], 64)

// @ts-ignore: decorator
@inline
function constant(which: Value): v128 {
  return v128.load32_splat(numbers + (which << 2))
}

/** x cut off at both ends; NaN stays NaN (pmin and pmax take their first operand unless the second is beyond it). */
// @ts-ignore: decorator
@inline
function limited(x: v128, most: Value, least: Value): v128 {
  return f32x4.pmax(f32x4.pmin(x, constant(most)), constant(least))
}

/** x / ln 2, rounded to a whole n and still with `rounder` added: exp(x) = 2^n exp(x - n ln 2). */
// @ts-ignore: decorator
@inline
function powerOf(x: v128): v128 {
  return madd(x, constant(Value.perLn2), constant(Value.rounder))
}

/** 2^n of what powerOf gave, for n from -126 to 127; infinity for 128. */
// @ts-ignore: decorator
@inline
function scaleOf(power: v128): v128 {
  return i32x4.add(i32x4.shl(power, 23), constant(Value.one)) // 1 has n = 0 in the bits of its exponent
}

/** r = x - n ln 2. */
// @ts-ignore: decorator
@inline
function remainder(x: v128, power: v128): v128 {
  const n = f32x4.sub(power, constant(Value.rounder))
  return madd(n, constant(Value.ln2Second), madd(n, constant(Value.ln2First), x))
}

/** base + (exp(r) - 1 - r), its powers of r in pairs (Estrin 1960): the pairs do not wait for each other. */
// @ts-ignore: decorator
@inline
function exponential(r: v128, base: v128): v128 {
  const square = f32x4.mul(r, r)
  const low = madd(constant(Value.c1), r, constant(Value.c0))
  const middle = madd(constant(Value.c3), r, constant(Value.c2))
  const high = madd(constant(Value.c5), r, constant(Value.c4))
  return madd(madd(madd(high, square, middle), square, low), square, base)
}

/**
 * 1 / (1 + exp(-x)), with exp(-x) = 2^n exp(r). Exactly 1 from 17 on, and exactly 0 from -88.4 on down, where
 * 2^n is infinite and the true value under float32's smallest normal number; NaN stays NaN.
 */
// @ts-ignore: decorator
@inline
export function sigmoid(x: v128): v128 {
  const negative = limited(f32x4.neg(x), Value.sigmoidMost, Value.sigmoidLeast)
  const power = powerOf(negative)
  const r = remainder(negative, power)
  const one = constant(Value.one)
  return f32x4.div(one, madd(scaleOf(power), exponential(r, f32x4.add(one, r)), one))
}

/**
 * tanh x = (exp(2x) - 1) / (exp(2x) + 1), by way of exp(2x) - 1 = 2^n (exp(r) - 1) + (2^n - 1): where n = 0
 * nothing cancels, so that small x keep all their digits. Exactly 1 in size beyond 10; NaN stays NaN.
 */
// @ts-ignore: decorator
@inline
export function tanh(x: v128): v128 {
  const half = limited(x, Value.tanhMost, Value.tanhLeast)
  const twice = f32x4.add(half, half)
  const power = powerOf(twice)
  const r = remainder(twice, power)
  const scale = scaleOf(power)
  const less = madd(scale, exponential(r, r), f32x4.sub(scale, constant(Value.one)))
  return f32x4.div(less, f32x4.add(less, constant(Value.two)))
}

/** max(x, 0); NaN stays NaN. */
// @ts-ignore: decorator
@inline
export function relu(x: v128): v128 {
  return f32x4.pmax(x, f32x4.splat(0))
}

/** y (1 - y): the slope of the sigmoid where it gives y. */
// @ts-ignore: decorator
@inline
export function sigmoidSlope(y: v128): v128 {
  return f32x4.mul(y, f32x4.sub(constant(Value.one), y))
}

/** 1 - y^2: the slope of tanh where it gives y. */
// @ts-ignore: decorator
@inline
export function tanhSlope(y: v128): v128 {
  const one = constant(Value.one)
  return f32x4.mul(f32x4.sub(one, y), f32x4.add(one, y))
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
