// One call of an op by TensorFlow: its attributes, inputs and outputs.
#pragma once
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include "tensorflow.h"

namespace mnv4 {

struct Attributes {
  TF_DataType type = TF_FLOAT;  // of feature maps
  TF_DataType sum_type = TF_FLOAT;  // of their sum
  int32_t relu = 0;    // 1: a ReLU follows the op's norm
  int32_t x_relu = 0;  // 1: a ReLU follows the input's norm
  int32_t transpose_a = 0, transpose_b = 0;
  int32_t threads = 1;
  int32_t adds = 0;
  int32_t goes_back = 1;  // 1: the input's gradient is wanted
  float epsilon = 0;
  float factor = 1;
  std::vector<int32_t> relus;  // one for each of several inputs
  std::vector<int32_t> place;  // of a weight in the flat vector
  std::vector<int32_t> window;  // stride, top, left, height and width of the output
};

using Shape = std::vector<int64_t>;

inline size_t size_of(const Shape& shape) {
  size_t size = 1;
  for (int64_t extent : shape) size *= extent;
  return size;
}

template <typename T>
struct Input {
  const T* data;
  Shape shape;
  int channels() const { return shape.empty() ? 0 : int(shape.back()); }
  size_t size() const { return size_of(shape); }
  int rows() const { return int(size() / channels()); }
};

inline void require(bool condition, const char* expected) {
  if (!condition) throw std::invalid_argument(std::string("expected ") + expected);
}

/// One call of an op; frees its handles.
class Call {
 public:
  Call(TF_OpKernelContext* context) : context_(context), status_(TF_NewStatus()), inputs_(TF_NumInputs(context)) {}
  ~Call() {
    for (TF_Tensor* tensor : inputs_) TF_DeleteTensor(tensor);
    for (TF_Tensor* tensor : outputs_) TF_DeleteTensor(tensor);
    TF_DeleteStatus(status_);
  }

  template <typename T = float>
  Input<T> input(int index) {
    const TF_Tensor* tensor = handle(index);
    Shape shape(TF_NumDims(tensor));
    for (size_t axis = 0; axis < shape.size(); axis++) shape[axis] = TF_Dim(tensor, int(axis));
    return {static_cast<const T*>(TF_TensorData(tensor)), shape};
  }

  /// The last extent of an input.
  int channels(int index) {
    const TF_Tensor* tensor = handle(index);
    return int(TF_Dim(tensor, TF_NumDims(tensor) - 1));
  }

  template <typename T = float>
  T* output(int index, const Shape& shape) {
    const size_t size = size_of(shape) * sizeof(T);
    const TF_DataType type = std::is_same_v<T, float> ? TF_FLOAT : TF_BFLOAT16;
    TF_Tensor* tensor = TF_AllocateOutput(context_, index, type, shape.data(), int(shape.size()), size, status_);
    check();
    outputs_.push_back(tensor);
    return static_cast<T*>(TF_TensorData(tensor));
  }

  /// Makes the floats at `data` an output, not a copy of them; they must live as long as the output.
  void share(int index, const Shape& shape, const float* data) {
    const size_t size = size_of(shape) * sizeof(float);
    const auto keep = [](void*, size_t, void*) {};
    TF_Tensor* tensor = TF_NewTensor(TF_FLOAT, shape.data(), int(shape.size()), const_cast<float*>(data), size, keep, nullptr);
    outputs_.push_back(tensor);
    TF_SetOutput(context_, index, tensor, status_);
    check();
  }

  int inputs() const { return int(inputs_.size()); }

  void fail(const char* message) {
    TF_SetStatus(status_, TF_INVALID_ARGUMENT, message);
    TF_OpKernelContext_Failure(context_, status_);
  }

 private:
  /// The input, which is fetched once.
  TF_Tensor* handle(int index) {
    TF_Tensor*& tensor = inputs_.at(index);
    if (tensor == nullptr) TF_GetInput(context_, index, &tensor, status_);
    check();
    return tensor;
  }

  void check() const {
    if (TF_GetCode(status_) != TF_OK) throw std::runtime_error(TF_Message(status_));
  }

  TF_OpKernelContext* context_;
  TF_Status* status_;
  std::vector<TF_Tensor*> inputs_;  // null until asked for
  std::vector<TF_Tensor*> outputs_;
};

inline Shape with_channels(Shape shape, int64_t channels) {
  shape.back() = channels;
  return shape;
}

inline int rows_of(const Shape& shape) {
  int64_t rows = 1;
  for (size_t axis = 0; axis + 1 < shape.size(); axis++) rows *= shape[axis];
  return int(rows);
}

}  // namespace mnv4
