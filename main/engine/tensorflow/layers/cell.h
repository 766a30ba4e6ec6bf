#pragma once

namespace unroll {

/** One example at one step on the way forward; rows of G*H or H numbers. */
struct ForwardRow {
  /** W_ih x, W_hh h' and what is added to both; G*H. */
  const float *drive, *recurrent, *bias;
  /** b_hn of a GRU, peepholes i, f, o of an LSTM. */
  const float *extra;
  /** h' and c', of the step before. */
  const float *hiddenBefore, *cellBefore;
  /** To be written. `kept` is what the way back needs beside the gates: tanh(c), or W_hn h' + b_hn. */
  float *gates, *hidden, *cell, *kept;
};

/** The same on the way back. */
struct BackwardRow {
  const float *extra;
  const float *gates, *hidden, *hiddenBefore, *cell, *cellBefore, *kept;
  /** dL/dh from outside the layer, and through the weights from the step after it. */
  const float *arriving, *handed;
  /** What the step after it hands back without the weights, to c or (GRU) to h; becomes this step's. */
  float *carried;
  /** What it hands back to c through its peepholes; likewise. */
  float *shown;
  /** dL/dz by what was added to the inputs' part and to the states' part: one array but for GRUs. */
  float *slopes, *recurrentSlopes;
  /** dL/dh and dL/dc in total, and the terms of dL/dc. */
  float *total, *cellTotal, *direct, *throughHidden, *throughPeepholes;
};

/** A cell's step, by rows. Its first product is always W_hh h'. */
struct Cell {
  /** G, the blocks of H rows of its weights, and how many H numbers `extra` holds. */
  int blocks, extras;
  bool hasCell, hasKept, hasRecurrentSlopes;
  void (*forward)(int units, const ForwardRow &row);
  void (*backward)(int units, const BackwardRow &row);
  bool hasPeepholes() const { return extras == 3; }
};

}  // namespace unroll
