#pragma once
#include "cell.h"
#include "squash.h"

namespace unroll {

struct Tanh {
  INLINE float of(float z) { return tanh(z); }
  INLINE float back(float h, float dh) { return dh * tanhSlope(h); }
};
struct Relu {
  INLINE float of(float z) { return atLeast(z, 0); }
  /** A closed one passes nothing, not even NaN. */
  INLINE float back(float h, float dh) { return h == 0 ? 0 : dh; }
};
struct Sigmoid {
  INLINE float of(float z) { return sigmoid(z); }
  INLINE float back(float h, float dh) { return dh * sigmoidSlope(h); }
};
struct Identity {
  INLINE float of(float z) { return z; }
  INLINE float back(float, float dh) { return dh; }
};

/** h = act(z), z = W x + W h' + biases; dL/dz = dL/dh act'(z). See main/engine/kernels/rnn.ts. */
#define RNN(Activation)                                                            \
  FOR_EVERY_MACHINE void forward##Activation(int units, const ForwardRow &at) {    \
    FOR_UNITS(j, units)                                                            \
    at.hidden[j] = Activation::of(at.drive[j] + at.recurrent[j] + at.bias[j]);     \
  }                                                                                \
  FOR_EVERY_MACHINE void backward##Activation(int units, const BackwardRow &at) {  \
    FOR_UNITS(j, units) {                                                          \
      const float dh = at.arriving[j] + at.handed[j];                              \
      at.total[j] = dh;                                                            \
      at.slopes[j] = Activation::back(at.hidden[j], dh);                           \
    }                                                                              \
  }                                                                                \
  const Cell rnn##Activation = {1, 0, false, false, false, forward##Activation, backward##Activation};

RNN(Tanh)
RNN(Relu)
RNN(Sigmoid)
RNN(Identity)

}  // namespace unroll
