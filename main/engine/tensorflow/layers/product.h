#pragma once
#include <stdexcept>
#include <string>
#include <vector>
#include "tensorflow/c/eager/c_api.h"
#include "tensorflow/c/eager/c_api_experimental.h"

/** Products by TensorFlow, each on the thread that asks for it. */

namespace unroll {

/** A status that throws what TensorFlow says. */
class Status {
 public:
  Status() : status_(TF_NewStatus()) {}
  ~Status() { TF_DeleteStatus(status_); }
  Status(const Status &) = delete;
  operator TF_Status *() const { return status_; }
  void check() const {
    if (TF_GetCode(status_) != TF_OK) throw std::runtime_error(TF_Message(status_));
  }

 private:
  TF_Status *status_;
};

/** The processor's own context: one with a GPU would place products there. It lives as long as the process. */
inline TFE_Context *context() {
  static TFE_Context *const made = [] {
    const Status status;
    TFE_ContextOptions *const options = TFE_NewContextOptions();
    const std::string noGpu("\x0a\x07\x0a\x03GPU\x10\x00", 9);  // ConfigProto: device_count {"GPU": 0}
    TFE_ContextOptionsSetConfig(options, noGpu.data(), noGpu.size(), status);
    TFE_Context *const context = TFE_NewContext(options, status);
    TFE_DeleteContextOptions(options);
    status.check();
    return context;
  }();
  return made;
}

/** A float32 matrix that TensorFlow made, or memory of ours that it only reads, which must stay as long as this. */
class Matrix {
 public:
  Matrix() = default;
  explicit Matrix(TFE_TensorHandle *handle) : handle_(handle) {}
  /** TensorFlow takes a copy of what does not lie on a multiple of 64 bytes. */
  Matrix(const float *data, int64_t rows, int64_t columns) {
    const Status status;
    const int64_t shape[] = {rows, columns};
    const auto nothing = [](void *, size_t, void *) {};
    TF_Tensor *const tensor =
        TF_NewTensor(TF_FLOAT, shape, 2, const_cast<float *>(data), rows * columns * sizeof(float), nothing, nullptr);
    handle_ = TFE_NewTensorHandle(tensor, status);
    TF_DeleteTensor(tensor);
    status.check();
  }
  Matrix(Matrix &&other) noexcept : handle_(other.handle_) { other.handle_ = nullptr; }
  Matrix &operator=(Matrix &&other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Matrix() {
    if (handle_) TFE_DeleteTensorHandle(handle_);
  }
  TFE_TensorHandle *handle() const { return handle_; }
  const float *data() const {
    const Status status;
    const void *const data = TFE_TensorHandleDevicePointer(handle_, status);
    status.check();
    return static_cast<const float *>(data);
  }

 private:
  TFE_TensorHandle *handle_ = nullptr;
};

/** A B, either of them transposed first. */
inline Matrix product(const Matrix &a, const Matrix &b, bool transposeA = false, bool transposeB = false) {
  const Status status;
  TFE_Op *const op = TFE_NewOp(context(), "MatMul", status);
  status.check();
  TFE_OpSetAttrBool(op, "transpose_a", transposeA);
  TFE_OpSetAttrBool(op, "transpose_b", transposeB);
  TFE_OpAddInput(op, a.handle(), status);
  TFE_OpAddInput(op, b.handle(), status);
  TFE_TensorHandle *result = nullptr;
  int results = 1;
  TFE_Execute(op, &result, &results, status);
  TFE_DeleteOp(op);
  status.check();
  return Matrix(result);
}

}  // namespace unroll
