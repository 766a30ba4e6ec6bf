#pragma once
#include "forward.h"

namespace unroll {

/** dL/d what the name says, shaped as in main/engine/layers/layer.ts and 0 before; null where it is not asked for. */
struct Gradients {
  float *inputs, *weightIh, *weightHh, *biasIh, *biasHh;
  /** Of w_ci, w_cf and w_co, one after the other. */
  float *peepholes;
  float *hidden, *cell, *direct, *throughHidden, *throughPeepholes;
};

/** What the parameters receive from one block of examples; of the weights transposed, [D, G*H] and [H, G*H]. */
struct Share {
  Matrix weightIh, weightHh;
  std::vector<double> biasIh, biasHh, peepholes;
};

/** Adds up a step's rows, first among themselves. */
FOR_EVERY_MACHINE void addRows(const float *rows, int numbers, float *sum, double *total) {
  std::fill_n(sum, numbers, 0);
  for (int row = 0; row < together; row++) {
    const float *const from = rows + size_t(row) * numbers;
    FOR_UNITS(j, numbers) sum[j] += from[j];
  }
  FOR_UNITS(j, numbers) total[j] += sum[j];
}

/** dL/dw_c of a step: what i and f receive times c', what o receives times c. Blocks of `slopes` are i, f, g, o. */
FOR_EVERY_MACHINE void addPeepholes(const float *slopes, const float *before, const float *cell, int H, float *sum,
                                    double *total) {
  std::fill_n(sum, 3 * H, 0);
  for (int row = 0; row < together; row++, slopes += 4 * H, before += H, cell += H) {
    FOR_UNITS(j, H) {
      sum[j] += slopes[j] * before[j];
      sum[H + j] += slopes[H + j] * before[j];
      sum[2 * H + j] += slopes[3 * H + j] * cell[j];
    }
  }
  FOR_UNITS(j, 3 * H) total[j] += sum[j];
}

/** Adds the transpose of `from` to a matrix. */
inline void addTransposed(float *to, int rows, int columns, const float *from) {
  constexpr int tile = 16;
  for (int r = 0; r < rows; r += tile) {
    for (int c = 0; c < columns; c++) {
      for (int k = r; k < std::min(r + tile, rows); k++) to[size_t(k) * columns + c] += from[size_t(c) * rows + k];
    }
  }
}

/**
 * Back through the steps of one block: a product and a pass over the gates each; then the products of the weights
 * once, over all steps.
 */
inline Share backwardBlock(const Layer &layer, int block, const float *gradient, const Matrix &weightIh,
                           const Matrix &weightHh, const Gradients &to) {
  const auto [time, batch, width, units] = layer.sizes;
  const int rows = layer.rows();
  const Memory at = memoryOf(layer.memory, layer.cell, layer.sizes, block);
  const std::vector<float> zeros(units);
  std::vector<float> carried(size_t(together) * units), shown(carried), unread(size_t(5) * units), sum(rows);
  Share share;
  share.biasIh.resize(rows);
  share.biasHh.resize(layer.cell.hasRecurrentSlopes ? rows : 0);
  share.peepholes.resize(layer.cell.hasPeepholes() ? 3 * units : 0);
  for (int t = time - 1; t >= 0; t--) {
    const size_t step = size_t(t) * together;
    const bool isLast = t == time - 1;
    const Matrix handed =
        isLast ? Matrix() : product(Matrix(at.recurrentSlopes + (step + together) * rows, together, rows), weightHh);
    const float *const back = isLast ? nullptr : handed.data();
    for (int row = 0; row < together; row++) {
      const size_t unit = (step + row) * units, next = unit + size_t(together) * units;
      float *const slopes = at.slopes + (step + row) * rows, *const recurrent = at.recurrentSlopes + (step + row) * rows;
      const int length = layer.length(block, row);
      if (t >= length) {
        std::fill_n(slopes, rows, 0);
        if (recurrent != slopes) std::fill_n(recurrent, rows, 0);
        continue;
      }
      const size_t result = layer.at(t, block, row, units);
      const auto wanted = [&](float *array, int spare) { return array ? array + result : &unread[size_t(spare) * units]; };
      layer.cell.backward(units, {
                                     layer.extra,
                                     at.gates + (step + row) * rows,
                                     at.hidden + next,
                                     at.hidden + unit,
                                     at.cell + next,
                                     at.cell + unit,
                                     at.kept + unit,
                                     gradient + result,
                                     t == length - 1 ? zeros.data() : back + size_t(row) * units,
                                     &carried[size_t(row) * units],
                                     &shown[size_t(row) * units],
                                     slopes,
                                     recurrent,
                                     wanted(to.hidden, 0),
                                     wanted(to.cell, 1),
                                     wanted(to.direct, 2),
                                     wanted(to.throughHidden, 3),
                                     wanted(to.throughPeepholes, 4),
                                 });
    }
    addRows(at.slopes + step * rows, rows, sum.data(), share.biasIh.data());
    if (layer.cell.hasRecurrentSlopes) addRows(at.recurrentSlopes + step * rows, rows, sum.data(), share.biasHh.data());
    if (layer.cell.hasPeepholes()) {
      const float *const before = at.cell + step * units;
      addPeepholes(at.slopes + step * rows, before, before + size_t(together) * units, units, sum.data(),
                   share.peepholes.data());
    }
  }
  const int64_t all = int64_t(time) * together;
  const Matrix slopes(at.slopes, all, rows), recurrentSlopes(at.recurrentSlopes, all, rows);
  // In this order, because TensorFlow transposes its first factor, and the slopes are the larger one.
  share.weightIh = product(Matrix(at.inputs, all, width), slopes, true);
  share.weightHh = product(Matrix(at.hidden, all, units), recurrentSlopes, true);
  if (!to.inputs) return share;
  const Matrix inputs = product(slopes, weightIh);
  for (int row = 0; row < together; row++) {
    for (int t = 0; t < layer.length(block, row); t++) {
      const float *const from = inputs.data() + (size_t(t) * together + row) * width;
      std::copy_n(from, width, to.inputs + layer.at(t, block, row, width));
    }
  }
  return share;
}

/** Back from `gradient`, dL/dh as it comes from outside, [T, B, H] and 0 at padded steps. */
inline void backward(const Layer &layer, const float *gradient, const Gradients &to) {
  const auto [time, batch, width, units] = layer.sizes;
  const int rows = layer.rows();
  const Matrix weightIh(layer.weightIh, rows, width), weightHh(layer.weightHh, rows, units);
  std::vector<Share> shares(layer.sizes.blocks());
  inLanes(layer.sizes.blocks(), layer.threads, [&](int block) {
    shares[block] = backwardBlock(layer, block, gradient, weightIh, weightHh, to);
  });
  std::vector<double> biasIh(rows), biasHh(rows), peepholes(layer.cell.hasPeepholes() ? 3 * units : 0);
  for (const Share &share : shares) {
    const std::vector<double> &recurrent = layer.cell.hasRecurrentSlopes ? share.biasHh : share.biasIh;
    addTransposed(to.weightIh, rows, width, share.weightIh.data());
    addTransposed(to.weightHh, rows, units, share.weightHh.data());
    for (int k = 0; k < rows; k++) {
      biasIh[k] += share.biasIh[k];
      biasHh[k] += recurrent[k];
    }
    for (size_t k = 0; k < peepholes.size(); k++) peepholes[k] += share.peepholes[k];
  }
  std::copy(biasIh.begin(), biasIh.end(), to.biasIh);
  std::copy(biasHh.begin(), biasHh.end(), to.biasHh);
  std::copy(peepholes.begin(), peepholes.end(), to.peepholes);
}

}  // namespace unroll
