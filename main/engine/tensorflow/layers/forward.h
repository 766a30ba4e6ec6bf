#pragma once
#include <algorithm>
#include <vector>
#include "lanes.h"
#include "memory.h"
#include "product.h"
#include "squash.h"

namespace unroll {

/** A layer and what it was given; arrays as in main/engine/layers/layer.ts, time first. */
struct Layer {
  const Cell &cell;
  Sizes sizes;
  /** Real steps of each example. */
  const int32_t *lengths;
  /** [G*H, D] and [G*H, H]; what is added to their products, [G*H]; see ForwardRow. */
  const float *weightIh, *weightHh, *bias, *extra;
  /** Of sizeOf numbers. */
  float *memory;
  int threads;

  int rows() const { return cell.blocks * sizes.units; }
  /** Real steps of row `row` of a block: 0 of one that is only there to fill it. */
  int length(int block, int row) const {
    const int example = block * together + row;
    return example < sizes.batch ? lengths[example] : 0;
  }
  /** Where [T, B, numbers] has an example of a block. */
  size_t at(int time, int block, int row, int numbers) const {
    return (size_t(time) * sizes.batch + block * together + row) * numbers;
  }
};

inline Matrix transposed(const float *matrix, int rows, int columns, std::vector<float> &room) {
  room.resize(size_t(rows) * columns + alignment);
  float *const to = align(room.data());
  constexpr int tile = 16;
  for (int r = 0; r < rows; r += tile) {
    for (int c = 0; c < columns; c++) {
      for (int k = r; k < std::min(r + tile, rows); k++) to[size_t(c) * rows + k] = matrix[size_t(k) * columns + c];
    }
  }
  return Matrix(to, columns, rows);
}

/** Steps whose inputs are multiplied at once: what comes out should still be in the cache when it is read. */
inline int stepsAtOnce(const Layer &layer) { return std::max(1, 128 * 1024 / (together * layer.rows())); }

inline void forwardBlock(const Layer &layer, int block, const float *inputs, const Matrix &weightIh,
                         const Matrix &weightHh, float *hidden) {
  const auto [time, batch, width, units] = layer.sizes;
  const int rows = layer.rows(), chunk = stepsAtOnce(layer);
  const Memory at = memoryOf(layer.memory, layer.cell, layer.sizes, block);
  const std::vector<float> zeros(size_t(together) * rows);
  std::fill_n(at.hidden, together * units, 0);
  if (layer.cell.hasCell) std::fill_n(at.cell, together * units, 0);
  Matrix drive;
  for (int t = 0; t < time; t++) {
    if (t % chunk == 0) {
      const int steps = std::min(chunk, time - t);
      float *const from = at.inputs + size_t(t) * together * width;
      for (int k = 0; k < steps * together; k++) {
        float *const to = from + size_t(k) * width;
        const int row = k % together;
        if (layer.length(block, row) == 0) std::fill_n(to, width, 0);
        else std::copy_n(inputs + layer.at(t + k / together, block, row, width), width, to);
      }
      drive = product(Matrix(from, steps * together, width), weightIh);
    }
    const size_t step = size_t(t) * together;
    const Matrix recurrent = t == 0 ? Matrix() : product(Matrix(at.hidden + step * units, together, units), weightHh);
    const float *const driven = drive.data() + (t % chunk) * size_t(together) * rows;
    const float *const handed = t == 0 ? zeros.data() : recurrent.data();
    for (int row = 0; row < together; row++) {
      const size_t unit = (step + row) * units, next = unit + size_t(together) * units;
      if (t >= layer.length(block, row)) {
        std::fill_n(at.hidden + next, units, 0);
        if (layer.cell.hasCell) std::fill_n(at.cell + next, units, 0);
        continue;
      }
      layer.cell.forward(units, {
                                    driven + size_t(row) * rows,
                                    handed + size_t(row) * rows,
                                    layer.bias,
                                    layer.extra,
                                    at.hidden + unit,
                                    at.cell + unit,
                                    at.gates + (step + row) * rows,
                                    at.hidden + next,
                                    at.cell + next,
                                    at.kept + unit,
                                });
      std::copy_n(at.hidden + next, units, hidden + layer.at(t, block, row, units));
    }
  }
}

/**
 * Runs the layer over `inputs` [T, B, D], from a zero state; h goes to `hidden` [T, B, H], which holds 0. What the
 * way back and `readStates` need stays in the layer's memory.
 */
inline void forward(const Layer &layer, const float *inputs, float *hidden) {
  std::vector<float> roomIh, roomHh;
  const Matrix weightIh = transposed(layer.weightIh, layer.rows(), layer.sizes.width, roomIh);
  const Matrix weightHh = transposed(layer.weightHh, layer.rows(), layer.sizes.units, roomHh);
  inLanes(layer.sizes.blocks(), layer.threads,
          [&](int block) { forwardBlock(layer, block, inputs, weightIh, weightHh, hidden); });
}

/** Copies c, or block `gate` of the gates where that is not negative, to `states` [T, B, H], which holds 0. */
inline void readStates(const Layer &layer, int gate, float *states) {
  const auto [time, batch, width, units] = layer.sizes;
  for (int block = 0; block < layer.sizes.blocks(); block++) {
    const Memory at = memoryOf(layer.memory, layer.cell, layer.sizes, block);
    for (int row = 0; row < together; row++) {
      for (int t = 0; t < layer.length(block, row); t++) {
        const size_t step = size_t(t) * together + row;
        const float *const from = gate < 0 ? at.cell + (step + together) * units
                                           : at.gates + step * layer.rows() + size_t(gate) * units;
        std::copy_n(from, units, states + layer.at(t, block, row, units));
      }
    }
  }
}

}  // namespace unroll
