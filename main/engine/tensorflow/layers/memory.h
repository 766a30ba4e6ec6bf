#pragma once
#include <cstddef>
#include <cstdint>
#include "cell.h"

namespace unroll {

/**
 * Examples that go through the steps together, in one thread. The same for any number of threads, because a row of a
 * product may depend in its last bit on the rows beside it; and 16 rows of floats keep every step on a multiple of
 * 64 bytes, which TensorFlow reads in place.
 */
constexpr int together = 16;

struct Sizes {
  int time, batch, width, units;
  int blocks() const { return (batch + together - 1) / together; }
};

/** What a pass keeps of one block of examples: arrays of [steps, 16, numbers], one after the other. */
struct Memory {
  /** What the layer reads. */
  float *inputs;
  /** h and c, from the zero state before the first step on; so `hidden` is also h' of every step. */
  float *hidden, *cell;
  float *kept, *gates, *slopes, *recurrentSlopes;
  /** Numbers of it all. */
  size_t size;

  Memory(float *from, const Cell &of, const Sizes &sizes) {
    float *next = from;
    const auto take = [&](size_t steps, size_t numbers, bool isThere = true) {
      float *const array = next;
      if (isThere) next += steps * together * numbers;
      return array;
    };
    const size_t time = sizes.time, units = sizes.units, rows = of.blocks * units;
    inputs = take(time, sizes.width);
    hidden = take(time + 1, units);
    cell = take(time + 1, units, of.hasCell);
    kept = take(time, units, of.hasKept);
    gates = take(time, rows);
    slopes = take(time, rows);
    recurrentSlopes = of.hasRecurrentSlopes ? take(time, rows) : slopes;
    size = next - from;
  }
};

/** Room for `align` to move in. */
constexpr size_t alignment = 16;

inline float *align(float *memory) {
  return reinterpret_cast<float *>((reinterpret_cast<uintptr_t>(memory) + 63) & ~uintptr_t(63));
}

/** Numbers of a whole pass. */
inline size_t sizeOf(const Cell &cell, const Sizes &sizes) {
  return Memory(nullptr, cell, sizes).size * sizes.blocks() + alignment;
}

/** The memory of block `block` in that of the pass. */
inline Memory memoryOf(float *pass, const Cell &cell, const Sizes &sizes, int block) {
  const size_t size = Memory(nullptr, cell, sizes).size;
  return Memory(align(pass) + size * block, cell, sizes);
}

}  // namespace unroll
