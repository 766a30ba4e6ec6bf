#include <node_api.h>
#include <cstring>
#include <new>
#include <string>
#include "backward.h"
#include "gru.h"
#include "lstm-coupled.h"
#include "lstm-peephole.h"
#include "lstm.h"
#include "rnn.h"

/**
 * Recurrent layers for main/engine/tensorflow/whole.ts, which says what the arguments are: functions without a
 * state, on memory that is JavaScript's. Compiled by main/lab/packs/binding.ts.
 */

namespace unroll {

/** By the name that the caller gives it: of a plain RNN the activation stands for the cell. */
static const Cell &cellCalled(const std::string &name) {
  if (name == "tanh") return rnnTanh;
  if (name == "relu") return rnnRelu;
  if (name == "sigmoid") return rnnSigmoid;
  if (name == "identity") return rnnIdentity;
  if (name == "lstm") return lstm;
  if (name == "lstm-coupled") return lstmCoupled;
  if (name == "lstm-peephole") return lstmPeephole;
  if (name == "gru") return gru;
  throw std::runtime_error("there is no cell " + name);
}

/** The arguments of a call, read in their order. */
class Arguments {
 public:
  Arguments(napi_env env, napi_callback_info info) : env_(env) {
    need(napi_get_cb_info(env, info, &count_, values_, nullptr, nullptr));
  }

  std::string text() {
    char name[64];
    size_t length;
    need(napi_get_value_string_utf8(env_, next(), name, sizeof name, &length));
    return std::string(name, length);
  }

  int integer() {
    int32_t value;
    need(napi_get_value_int32(env_, next(), &value));
    return value;
  }

  int32_t *integers(size_t count) { return static_cast<int32_t *>(array(napi_int32_array, count, false)); }
  float *floats(size_t count) { return static_cast<float *>(array(napi_float32_array, count, false)); }
  /** Null where undefined was given. */
  float *floatsIfAny(size_t count) { return static_cast<float *>(array(napi_float32_array, count, true)); }

 private:
  napi_value next() {
    if (at_ == count_) throw std::runtime_error("an argument is missing");
    return values_[at_++];
  }

  void *array(napi_typedarray_type type, size_t count, bool mayLack) {
    napi_value value = next();
    napi_valuetype kind;
    need(napi_typeof(env_, value, &kind));
    if (mayLack && kind == napi_undefined) return nullptr;
    napi_typedarray_type found;
    size_t length;
    void *data;
    need(napi_get_typedarray_info(env_, value, &found, &length, &data, nullptr, nullptr));
    if (found == type && length >= count) return data;
    throw std::runtime_error("argument " + std::to_string(at_ - 1) + " is no array of " + std::to_string(count));
  }

  static void need(napi_status status) {
    if (status != napi_ok) throw std::runtime_error("an argument is of another type");
  }

  napi_env env_;
  napi_value values_[24];
  size_t count_ = 24, at_ = 0;
};

static Sizes sizesFrom(Arguments &given) {
  const int32_t *const sizes = given.integers(4);
  return {sizes[0], sizes[1], sizes[2], sizes[3]};
}

/** (cell, sizes): numbers of memory that a pass takes. */
static double size(Arguments &given) {
  const Cell &cell = cellCalled(given.text());
  return double(sizeOf(cell, sizesFrom(given)));
}

/** What every other function is given first: (cell, sizes, lengths, weights..., memory, threads). */
static Layer layerFrom(Arguments &given) {
  const Cell &cell = cellCalled(given.text());
  const Sizes sizes = sizesFrom(given);
  const size_t rows = size_t(cell.blocks) * sizes.units;
  const int32_t *const lengths = given.integers(sizes.batch);
  const float *const weightIh = given.floats(rows * sizes.width);
  const float *const weightHh = given.floats(rows * sizes.units);
  const float *const bias = given.floats(rows);
  const size_t extras = size_t(cell.extras) * sizes.units;
  const float *const extra = extras > 0 ? given.floats(extras) : given.floatsIfAny(0);
  float *const memory = given.floats(sizeOf(cell, sizes));
  return {cell, sizes, lengths, weightIh, weightHh, bias, extra, memory, given.integer()};
}

static size_t numbersOf(const Sizes &sizes, int last) { return size_t(sizes.time) * sizes.batch * last; }

static double runForward(Arguments &given) {
  const Layer layer = layerFrom(given);
  const float *const inputs = given.floats(numbersOf(layer.sizes, layer.sizes.width));
  forward(layer, inputs, given.floats(numbersOf(layer.sizes, layer.sizes.units)));
  return 0;
}

static double runReadStates(Arguments &given) {
  const Layer layer = layerFrom(given);
  const int gate = given.integer();
  readStates(layer, gate, given.floats(numbersOf(layer.sizes, layer.sizes.units)));
  return 0;
}

static double runBackward(Arguments &given) {
  const Layer layer = layerFrom(given);
  const Sizes &sizes = layer.sizes;
  const size_t rows = layer.rows(), states = numbersOf(sizes, sizes.units);
  const float *const gradient = given.floats(states);
  Gradients to;
  to.inputs = given.floatsIfAny(numbersOf(sizes, sizes.width));
  to.weightIh = given.floats(rows * sizes.width);
  to.weightHh = given.floats(rows * sizes.units);
  to.biasIh = given.floats(rows);
  to.biasHh = given.floats(rows);
  to.peepholes = layer.cell.hasPeepholes() ? given.floats(size_t(3) * sizes.units) : given.floatsIfAny(0);
  to.hidden = given.floatsIfAny(states);
  to.cell = given.floatsIfAny(states);
  to.direct = given.floatsIfAny(states);
  to.throughHidden = given.floatsIfAny(states);
  to.throughPeepholes = given.floatsIfAny(states);
  backward(layer, gradient, to);
  return 0;
}

/** Gives JavaScript the result as a number, or what was thrown as an Error. */
template <double (*run)(Arguments &)>
static napi_value call(napi_env env, napi_callback_info info) {
  napi_value result = nullptr;
  try {
    Arguments given(env, info);
    napi_create_double(env, run(given), &result);
  } catch (const std::bad_alloc &) {
    napi_throw_error(env, nullptr, "out of memory");
  } catch (const std::exception &error) {
    napi_throw_error(env, nullptr, error.what());
  }
  return result;
}

static napi_value start(napi_env env, napi_value exports) {
  const napi_property_descriptor functions[] = {
      {"size", nullptr, call<size>, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"forward", nullptr, call<runForward>, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"readStates", nullptr, call<runReadStates>, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"backward", nullptr, call<runBackward>, nullptr, nullptr, nullptr, napi_default, nullptr},
  };
  napi_define_properties(env, exports, sizeof functions / sizeof *functions, functions);
  return exports;
}

NAPI_MODULE(unroll_layers, start)

}  // namespace unroll
