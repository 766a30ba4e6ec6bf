#pragma once
#include <cstdint>
#include <cstring>

/**
 * The squashing functions of main/engine/kernels/vector.ts once more, as loops that the compiler turns into vectors
 * of whatever width the machine has: WebAssembly's are four wide, and TensorFlow's own operations cost more to call
 * than to compute. The derivations are there; here the same polynomial is summed in Horner's order, and sigmoid is
 * cut to 0 at -88.
 */

/**
 * A function that is compiled for machines with 512-bit vectors, with 256-bit ones, and for all; the loader picks by
 * what the processor can. (A clone for a named model, such as arch=haswell, is picked on that model alone.)
 */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 12
#define FOR_EVERY_MACHINE __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#elif defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define FOR_EVERY_MACHINE __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define FOR_EVERY_MACHINE
#endif

/** Over the units of a row, no two of whose arrays overlap. */
#if defined(__clang__)
#define FOR_UNITS(j, units) _Pragma("clang loop vectorize(assume_safety)") for (int j = 0; j < (units); j++)
#else
#define FOR_UNITS(j, units) _Pragma("GCC ivdep") for (int j = 0; j < (units); j++)
#endif

#define INLINE static inline __attribute__((always_inline))

namespace unroll {

constexpr float rounder = 12582912;

INLINE float atMost(float x, float limit) { return x > limit ? limit : x; }
INLINE float atLeast(float x, float limit) { return x < limit ? limit : x; }

/** x / ln 2, rounded to a whole n and still with `rounder` added. */
INLINE float powerOf(float x) { return x * 1.44269504088896341f + rounder; }

/** 2^n of what powerOf gave. */
INLINE float scaleOf(float power) {
  uint32_t bits;
  std::memcpy(&bits, &power, 4);
  bits = (bits << 23) + 0x3f800000;
  float scale;
  std::memcpy(&scale, &bits, 4);
  return scale;
}

/** exp(x - n ln 2) - 1. */
INLINE float remainderOf(float x, float power) {
  const float n = power - rounder;
  const float r = n * 2.12194440e-4f + (n * -0.693359375f + x);
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  return p * (r * r) + r;
}

/** 1 / (1 + exp(-x)). */
INLINE float sigmoid(float x) {
  const float limited = atLeast(atMost(-x, 88), -87);
  const float power = powerOf(limited);
  const float scale = scaleOf(power);
  const float y = 1 / (1 + (scale * remainderOf(limited, power) + scale));
  return -x > 88 ? 0 : y;
}

INLINE float tanh(float x) {
  const float twice = 2 * atLeast(atMost(x, 10), -10);
  const float power = powerOf(twice);
  const float scale = scaleOf(power);
  const float less = scale * remainderOf(twice, power) + (scale - 1);
  return less / (less + 2);
}

/** Slopes, where the function gives y. */
INLINE float sigmoidSlope(float y) { return y * (1 - y); }
INLINE float tanhSlope(float y) { return (1 - y) * (1 + y); }

}  // namespace unroll
