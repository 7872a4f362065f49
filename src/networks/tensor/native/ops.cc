// The kernels as TensorFlow ops, which a Node addon registers when it is loaded. Tensors have at least 16 channels, the
// last axis. Feature maps and their gradients are of the type T, float32 or bfloat16, all others float32. A norm is
// [4, C] (batch_norm.h), and an empty norm means that its tensor has none.
#include <node_api.h>
#include <sys/mman.h>

#include <array>
#include <stdexcept>
#include <string>

#include "convolution.h"
#include "depthwise.h"
#include "flat.h"
#include "optimizer.h"
#include "tensorflow.h"

namespace {
using namespace mnv4;

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

size_t size_of(const Shape& shape) {
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

void require(bool condition, const char* expected) {
  if (!condition) throw std::invalid_argument(std::string("expected ") + expected);
}

/// One call of an op; frees its handles.
class Call {
 public:
  Call(TF_OpKernelContext* context) : context_(context), status_(TF_NewStatus()) {}
  ~Call() {
    for (TF_Tensor* tensor : tensors_) TF_DeleteTensor(tensor);
    TF_DeleteStatus(status_);
  }

  template <typename T = float>
  Input<T> input(int index) {
    TF_Tensor* tensor = nullptr;
    TF_GetInput(context_, index, &tensor, status_);
    check();
    tensors_.push_back(tensor);
    Shape shape(TF_NumDims(tensor));
    for (size_t axis = 0; axis < shape.size(); axis++) shape[axis] = TF_Dim(tensor, int(axis));
    return {static_cast<const T*>(TF_TensorData(tensor)), shape};
  }

  /// View of the inputs numbered `z` and `norm`.
  template <typename T>
  Activated<T> activated(int z, int norm, bool relu, Shape* shape = nullptr) {
    const Input values = input<T>(z);
    const Input parameters = input(norm);
    const bool has_norm = parameters.size() > 0;
    require(!has_norm || values.channels() >= lanes, "16 channels or more");
    require(!has_norm || parameters.size() == size_t(kNormRows) * values.channels(), "a norm for each channel");
    if (shape != nullptr) *shape = values.shape;
    return {values.data, has_norm ? parameters.data : nullptr, relu, values.channels()};
  }

  template <typename T = float>
  T* output(int index, const Shape& shape) {
    const size_t size = size_of(shape) * sizeof(T);
    const TF_DataType type = std::is_same_v<T, float> ? TF_FLOAT : TF_BFLOAT16;
    TF_Tensor* tensor = TF_AllocateOutput(context_, index, type, shape.data(), int(shape.size()), size, status_);
    check();
    tensors_.push_back(tensor);
    return static_cast<T*>(TF_TensorData(tensor));
  }

  /// Makes the floats at `data` an output, not a copy of them; they must live as long as the output.
  void share(int index, const Shape& shape, const float* data) {
    const size_t size = size_of(shape) * sizeof(float);
    const auto keep = [](void*, size_t, void*) {};
    TF_Tensor* tensor = TF_NewTensor(TF_FLOAT, shape.data(), int(shape.size()), const_cast<float*>(data), size, keep, nullptr);
    tensors_.push_back(tensor);
    TF_SetOutput(context_, index, tensor, status_);
    check();
  }

  int inputs() const { return TF_NumInputs(context_); }

  void fail(const char* message) {
    TF_SetStatus(status_, TF_INVALID_ARGUMENT, message);
    TF_OpKernelContext_Failure(context_, status_);
  }

 private:
  void check() const {
    if (TF_GetCode(status_) != TF_OK) throw std::runtime_error(TF_Message(status_));
  }

  TF_OpKernelContext* context_;
  TF_Status* status_;
  std::vector<TF_Tensor*> tensors_;
};

Shape with_channels(Shape shape, int64_t channels) {
  shape.back() = channels;
  return shape;
}

int rows_of(const Shape& shape) {
  int64_t rows = 1;
  for (size_t axis = 0; axis + 1 < shape.size(); axis++) rows *= shape[axis];
  return int(rows);
}

void finish_norm(Call& call, const Moments& moments, int gamma, int beta, float epsilon, int output) {
  const Input g = call.input(gamma), b = call.input(beta);
  require(g.size() == b.size(), "as many values of gamma as of beta");
  moments.finish(g.data, b.data, epsilon, call.output(output, {kNormRows, g.channels()}));
}

/// x, x_norm, w, gamma, beta -> z, norm
template <typename T>
void run_pointwise(const Attributes& attributes, Call& call) {
  Shape shape;
  const Activated x = call.activated<T>(0, 1, attributes.x_relu, &shape);
  const Input w = call.input(2);
  require(x.channels >= lanes, "16 channels or more");
  require(w.shape.size() == 2 && w.shape[0] == x.channels && w.channels() >= lanes, "w as [k, n] with n of 16 or more");
  T* z = call.output<T>(0, with_channels(shape, w.channels()));
  finish_norm(call, pointwise(x, w.data, rows_of(shape), w.channels(), attributes.threads, z), 3, 4, attributes.epsilon, 1);
}

/// Inputs that all gradient ops of layers share: d, z, norm, dgamma, dbeta, ...
template <typename T>
struct Layer {
  Layer(const Attributes& attributes, Call& call)
      : z(call.activated<T>(1, 2, attributes.relu, &shape)), gradient(gradient_of(z, call, shape)) {}
  Shape shape;
  Activated<T> z;
  Gradient<T> gradient;

 private:
  static Gradient<T> gradient_of(const Activated<T>& z, Call& call, const Shape& shape) {
    const Input d = call.input<T>(0);
    const Input dgamma = call.input(3), dbeta = call.input(4);
    require(z.norm != nullptr && d.shape == shape, "a gradient of the shape of z");
    require(int(dgamma.size()) == z.channels && int(dbeta.size()) == z.channels, "gradients of gamma and beta");
    return Gradient<T>(d.data, z, dgamma.data, dbeta.data, rows_of(shape));
  }
};

/// ..., x, x_norm, w -> dx, dw, x_dgamma, x_dbeta
template <typename T>
struct LayerInput {
  LayerInput(const Attributes& attributes, Call& call) : x(call.activated<T>(5, 6, attributes.x_relu, &shape)), w(call.input(7)) {
    dx = call.output<T>(0, attributes.goes_back ? shape : Shape{0});
    dw = call.output(1, w.shape);
    const int64_t parameters = x.norm == nullptr ? 0 : x.channels;
    dgamma = call.output(2, {parameters});
    dbeta = call.output(3, {parameters});
  }
  Shape shape;
  Activated<T> x;
  Input<float> w;
  T* dx;
  float *dw, *dgamma, *dbeta;
};

template <typename T>
void run_pointwise_gradient(const Attributes& attributes, Call& call) {
  const Layer<T> layer(attributes, call);
  const LayerInput<T> in(attributes, call);
  require(in.w.shape == (Shape{in.x.channels, layer.z.channels}), "w as [k, n]");
  pointwise_gradient(layer.gradient, in.x, in.w.data, rows_of(in.shape), attributes.threads, in.dx, in.dw, in.dgamma,
                     in.dbeta);
}

Window window_of(const Attributes& attributes, const Shape& shape, const Input<float>& w) {
  require(shape.size() == 4, "x as [B, H, W, C]");
  require(w.shape.size() == 4 && w.shape[0] == w.shape[1] && w.shape[2] == shape[3], "w as [k, k, C, 1] or [k, k, C, n]");
  require(attributes.window.size() == 5, "a window of 5 numbers");
  const auto& [stride, top, left, height, width] = *reinterpret_cast<const std::array<int32_t, 5>*>(attributes.window.data());
  return {stride, top, left, int(shape[1]), int(shape[2]), height, width};
}

/// x, x_norm, w, gamma, beta -> z, norm
template <typename T>
void run_convolution(const Attributes& attributes, Call& call) {
  Shape shape;
  const Activated x = call.activated<T>(0, 1, attributes.x_relu, &shape);
  const Input w = call.input(2);
  const Window window = window_of(attributes, shape, w);
  const int kernel = int(w.shape[0]), n = w.channels();
  require(n >= lanes && w.size() / n >= tile_rows, "16 channels or more, of a window of 9 values or more");
  T* z = call.output<T>(0, {shape[0], window.out_height, window.out_width, n});
  const auto moments = convolution(x, w.data, kernel, int(shape[0]), window, n, attributes.threads, z);
  finish_norm(call, moments, 3, 4, attributes.epsilon, 1);
}

template <typename T>
void run_convolution_gradient(const Attributes& attributes, Call& call) {
  const Layer<T> layer(attributes, call);
  const LayerInput<T> in(attributes, call);
  const Window window = window_of(attributes, in.shape, in.w);
  require(layer.shape == (Shape{in.shape[0], window.out_height, window.out_width, in.w.channels()}), "z as [B, OH, OW, n]");
  require(!attributes.goes_back || int(in.w.size()) / layer.z.channels >= lanes, "a window of 16 values or more");
  convolution_gradient(layer.gradient, in.x, in.w.data, int(in.w.shape[0]), int(in.shape[0]), window, attributes.threads,
                       attributes.goes_back ? in.dx : nullptr, in.dw, in.dgamma, in.dbeta);
}

/// Calls `use` with kernel size and stride as compile-time constants.
template <typename Use>
void with_filter(const Input<float>& w, const Window& window, const Use& use) {
  const int kernel = int(w.shape[0]);
  constexpr std::integral_constant<int, 1> one;
  constexpr std::integral_constant<int, 2> two;
  constexpr std::integral_constant<int, 3> three;
  constexpr std::integral_constant<int, 5> five;
  if (kernel == 3 && window.stride == 1) return use(three, one);
  if (kernel == 3 && window.stride == 2) return use(three, two);
  if (kernel == 5 && window.stride == 1) return use(five, one);
  if (kernel == 5 && window.stride == 2) return use(five, two);
  require(false, "a kernel of 3 or 5 with stride 1 or 2");
}

/// x, x_norm, w, gamma, beta -> z, norm
template <typename T>
void run_depthwise(const Attributes& attributes, Call& call) {
  Shape shape;
  const Activated x = call.activated<T>(0, 1, attributes.x_relu, &shape);
  const Input w = call.input(2);
  const Window window = window_of(attributes, shape, w);
  T* z = call.output<T>(0, {shape[0], window.out_height, window.out_width, shape[3]});
  with_filter(w, window, [&](auto k, auto s) {
    const auto moments = depthwise<decltype(k)::value, decltype(s)::value>(x, w.data, int(shape[0]), window,
                                                                          attributes.threads, z);
    finish_norm(call, moments, 3, 4, attributes.epsilon, 1);
  });
}

template <typename T>
void run_depthwise_gradient(const Attributes& attributes, Call& call) {
  const Layer<T> layer(attributes, call);
  const LayerInput<T> in(attributes, call);
  const Window window = window_of(attributes, in.shape, in.w);
  require(layer.shape == (Shape{in.shape[0], window.out_height, window.out_width, in.shape[3]}), "z as [B, OH, OW, C]");
  require(in.x.channels >= lanes, "16 channels or more");
  with_filter(in.w, window, [&](auto k, auto s) {
    depthwise_gradient<decltype(k)::value, decltype(s)::value>(layer.gradient, in.x, in.w.data, int(in.shape[0]), window,
                                                               attributes.threads, in.dx, in.dw, in.dgamma, in.dbeta);
  });
}

constexpr int strip_rows = 256;  // rows summed in floats; more are summed in doubles

/// Calls use(part, first, count) for each panel of each part's rows.
template <typename Use>
void for_panels(int threads, int rows, const Use& use) {
  split(threads, parts_of(rows, least_rows), rows, [&](int part, int from, int to) {
    for (int first = from; first < to; first += strip_rows) use(part, first, std::min(strip_rows, to - first));
  });
}

/// z, gamma, beta -> norm
template <typename T>
void run_batch_norm(const Attributes& attributes, Call& call) {
  const Input z = call.input<T>(0);
  require(z.channels() >= lanes, "16 channels or more");
  std::vector<Moments> moments(parts_of(z.rows(), least_rows), Moments(z.channels()));
  for_panels(attributes.threads, z.rows(), [&](int part, int first, int count) {
    moments[part].add(z.data + size_t(first) * z.channels(), count);
  });
  for (size_t part = 1; part < moments.size(); part++) moments[0].add(moments[part]);
  finish_norm(call, moments[0], 1, 2, attributes.epsilon, 0);
}

/// d, z, norm, dgamma, dbeta -> dz
template <typename T>
void run_batch_norm_gradient(const Attributes& attributes, Call& call) {
  const Layer<T> layer(attributes, call);
  T* dz = call.output<T>(0, layer.shape);
  for_panels(attributes.threads, rows_of(layer.shape), [&](int, int first, int count) {
    const int channels = layer.z.channels;
    copy_rows(layer.gradient, channels, first, count, dz + size_t(first) * channels, channels);
  });
}

/// d, z, norm -> dgamma, dbeta
template <typename T>
void run_parameter_gradient(const Attributes& attributes, Call& call) {
  const Input d = call.input<T>(0);
  Shape shape;
  const Activated z = call.activated<T>(1, 2, attributes.relu, &shape);
  require(z.norm != nullptr && d.shape == shape, "a gradient of the shape of z");
  std::vector<ParameterSums> sums(parts_of(d.rows(), least_rows), ParameterSums(z.channels));
  for_panels(attributes.threads, d.rows(), [&](int part, int first, int count) {
    sums[part].add(z, first, d.data + size_t(first) * z.channels, count);
  });
  for (size_t part = 1; part < sums.size(); part++) sums[0].add(sums[part]);
  float* dgamma = call.output(0, {z.channels});
  sums[0].finish(z, dgamma, call.output(1, {z.channels}));
}

/// a, b -> a b; either may be transposed first
void run_product(const Attributes& attributes, Call& call) {
  const Input a = call.input(0), b = call.input(1);
  require(a.shape.size() == 2 && b.shape.size() == 2, "two matrices");
  const bool left = attributes.transpose_a, right = attributes.transpose_b;
  const int64_t m = a.shape[left ? 1 : 0], k = a.shape[left ? 0 : 1], n = b.shape[right ? 0 : 1];
  require(b.shape[right ? 1 : 0] == k, "as many columns of a as rows of b");
  float* c = call.output(0, {m, n});
  if (n >= lanes) return matrix_product(a.data, left, b.data, right, int(m), int(k), int(n), attributes.threads, c);
  std::fill_n(c, m * n, 0.f);  // few columns, such as a few classes, are not worth packing
  for (int64_t i = 0; i < m; i++) {
    for (int64_t p = 0; p < k; p++) {
      const float value = a.data[left ? p * m + i : i * k + p];
      for (int64_t j = 0; j < n; j++) c[i * n + j] += value * b.data[right ? j * k + p : p * n + j];
    }
  }
}

/// n tensors z, n norms -> factor times the sum of the normalised and activated tensors, as Y
template <typename T, typename Y>
void combine(const Attributes& attributes, Call& call) {
  const int n = call.inputs() / 2;
  require(int(attributes.relus.size()) == n, "a ReLU or none for each input");
  std::vector<Activated<T>> parts;
  Shape shape;
  for (int i = 0; i < n; i++) {
    Shape own;
    parts.push_back(call.activated<T>(i, n + i, attributes.relus[i], &own));
    require(i == 0 || own == shape, "equal shapes");
    shape = own;
  }
  const int channels = parts[0].channels;
  require(channels >= lanes, "16 channels or more");
  Y* y = call.output<Y>(0, shape);
  const Groups groups(channels);
  const Vector factor = splat(attributes.factor);
  split(attributes.threads, parts_of(rows_of(shape), least_rows), rows_of(shape), [&](int, int from, int to) {
    for (int r = from; r < to; r++) {
      for (int g = 0; g < groups.count; g++) {
        const int c = groups.start(g);
        const size_t at = size_t(r) * channels + c;
        Vector sum = {};
        for (const Activated<T>& part : parts) {
          const Vector z = load(part.z + at);
          sum += part.norm == nullptr ? z : part.strip(c)(z);
        }
        store(y + at, sum * factor);
      }
    }
  });
}

template <typename T>
void run_combine(const Attributes& attributes, Call& call) {
  if (attributes.sum_type == TF_FLOAT) combine<T, float>(attributes, call);
  else combine<T, bfloat16>(attributes, call);
}

/// flat -> the part of it at the attribute `place`
void run_slice(const Attributes& attributes, Call& call) {
  const Input flat = call.input(0);
  const Place place(attributes.place.data());
  const Shape used(attributes.place.begin() + 2 + attributes.place[1], attributes.place.end());
  if (place.is_one_run()) return call.share(0, used, flat.data + place.offset());  // a copy if TensorFlow wants it aligned
  float* to = call.output(0, used);
  place.each_run([&](size_t at, size_t from, size_t n) { std::memcpy(to + from, flat.data + at, n * sizeof(float)); });
}

/// into, flat weights, places, n gradients ->: writes each gradient to its place in `into` or, with `adds`, adds it to
/// the values there; gradients marked by a 1 before their place also get `factor` times the weight. Without `adds`, the
/// rest of `into` becomes zero. `into` is changed in place, which TensorFlow's own ops do only for variables; this is
/// safe because only the caller holds it and ops run one after another.
void run_flatten(const Attributes& attributes, Call& call) {
  const Input into = call.input(0), weights = call.input(1);
  require(into.size() == weights.size(), "a vector of as many floats as weights");
  float* total = const_cast<float*>(into.data);
  if (!attributes.adds) std::memset(total, 0, into.size() * sizeof(float));
  // A tensor, not an attribute: TensorFlow keeps a kernel for each set of attributes, and places differ by
  // architecture.
  const auto* numbers = reinterpret_cast<const int32_t*>(call.input(2).data);
  for (int i = 3; i < call.inputs(); i++) {
    const Input gradient = call.input(i);
    const float decay = *numbers++ ? attributes.factor : 0;
    const Place place(numbers);
    numbers += place.numbers();
    require(gradient.size() == place.size(), "a gradient of the size of its place");
    place.each_run([&](size_t at, size_t from, size_t n) {
      require(at + n <= into.size(), "a place within the vector");
      for (size_t j = 0; j < n; j++) total[at + j] += gradient.data[from + j] + decay * weights.data[at + j];
    });
  }
}

/// Applies an update to N inputs from the second on, vectors of one length. The first ones are changed in place: they are
/// those of variables, since a read variable shares its memory.
template <size_t N, typename Update>
void update_inputs(const Attributes& attributes, Call& call, const Update& update) {
  std::array<float*, N> vectors;
  const size_t n = call.input(1).size();
  for (size_t i = 0; i < N; i++) {
    const Input vector = call.input(int(i) + 1);
    require(vector.size() == n, "vectors of one length");
    vectors[i] = const_cast<float*>(vector.data);
  }
  split(attributes.threads, parts_of(n, 1 << 16), int(n), [&](int, int from, int to) {
    update_entries(update, vectors, from, to, std::make_index_sequence<N>{});
  });
}

/// [rate, decay, momentum, epsilon], weights, mean squares, momenta, gradients -> nothing
void run_rms_prop(const Attributes& attributes, Call& call) {
  const float* by = call.input(0).data;
  update_inputs<4>(attributes, call, RmsProp{by[0], by[1], by[2], by[3]});
}

/// [shrink, alpha, beta1, beta2, epsilon], weights, means, mean squares, gradients, mask -> nothing
void run_adam_w(const Attributes& attributes, Call& call) {
  const float* by = call.input(0).data;
  update_inputs<5>(attributes, call, AdamW{by[0], by[1], by[2], by[3], by[4]});
}

class Status {
 public:
  ~Status() { TF_DeleteStatus(status_); }
  operator TF_Status*() { return status_; }
  bool ok() const { return TF_GetCode(status_) == TF_OK; }
  std::string message() const { return TF_Message(status_); }

 private:
  TF_Status* status_ = TF_NewStatus();
};

void* read_attributes(TF_OpKernelConstruction* construction) {
  auto* attributes = new Attributes;
  Status status;
  const auto number = [&](const char* name, int32_t* to) {
    TF_OpKernelConstruction_GetAttrInt32(construction, name, to, status);
  };
  const auto list = [&](const char* name, std::vector<int32_t>& to) {
    int32_t size = 0, total = 0;
    TF_OpKernelConstruction_GetAttrSize(construction, name, &size, &total, status);
    to.resize(std::max(size, 0));
    TF_OpKernelConstruction_GetAttrInt32List(construction, name, to.data(), int(to.size()), status);
  };
  number("relu", &attributes->relu);
  number("x_relu", &attributes->x_relu);
  number("transpose_a", &attributes->transpose_a);
  number("transpose_b", &attributes->transpose_b);
  number("threads", &attributes->threads);
  number("adds", &attributes->adds);
  number("goes_back", &attributes->goes_back);
  TF_OpKernelConstruction_GetAttrType(construction, "T", &attributes->type, status);
  TF_OpKernelConstruction_GetAttrType(construction, "Y", &attributes->sum_type, status);
  TF_OpKernelConstruction_GetAttrFloat(construction, "epsilon", &attributes->epsilon, status);
  TF_OpKernelConstruction_GetAttrFloat(construction, "factor", &attributes->factor, status);
  list("relus", attributes->relus);
  list("place", attributes->place);
  list("window", attributes->window);
  if (!status.ok()) TF_OpKernelConstruction_Failure(construction, status);
  return attributes;
}

using Run = void (*)(const Attributes&, Call&);

template <Run full, Run half>
void compute(void* given, TF_OpKernelContext* context) {
  Call call(context);
  const auto& attributes = *static_cast<Attributes*>(given);
  try {
    (attributes.type == TF_FLOAT ? full : half)(attributes, call);
  } catch (const std::exception& error) {
    call.fail(error.what());
  }
}

template <Run full, Run half = full>
void add_op(const char* name, std::initializer_list<const char*> inputs, std::initializer_list<const char*> outputs) {
  Status status;
  TF_OpDefinitionBuilder* op = TF_NewOpDefinitionBuilder(name);
  for (const char* input : inputs) TF_OpDefinitionBuilderAddInput(op, input);
  for (const char* output : outputs) TF_OpDefinitionBuilderAddOutput(op, output);
  for (const char* attribute :
       {"T: {float, bfloat16} = DT_FLOAT", "Y: {float, bfloat16} = DT_FLOAT", "relu: int = 0", "x_relu: int = 0", "transpose_a: int = 0", "transpose_b: int = 0", "threads: int = 1",
        "epsilon: float = 0.001", "factor: float = 1.0", "relus: list(int) = []", "window: list(int) = []",
        "place: list(int) = []", "adds: int = 0", "goes_back: int = 1", "N: int = 1"}) {
    TF_OpDefinitionBuilderAddAttr(op, attribute);
  }
  TF_OpDefinitionBuilderSetShapeInferenceFunction(op, [](TF_ShapeInferenceContext*, TF_Status*) {});
  TF_RegisterOpDefinition(op, status);
  const auto free_attributes = [](void* attributes) { delete static_cast<Attributes*>(attributes); };
  if (status.ok()) {
    TF_KernelBuilder* kernel = TF_NewKernelBuilder(name, "CPU", read_attributes, compute<full, half>, free_attributes);
    TF_RegisterKernelBuilder(name, kernel, status);
  }
  if (!status.ok()) throw std::runtime_error(std::string(name) + ": " + status.message());
}

void add_ops() {
  add_op<run_pointwise<float>, run_pointwise<bfloat16>>("Mnv4Pointwise", {"x: T", "x_norm: float", "w: float", "gamma: float", "beta: float"},
                        {"z: T", "norm: float"});
  add_op<run_depthwise<float>, run_depthwise<bfloat16>>("Mnv4Depthwise", {"x: T", "x_norm: float", "w: float", "gamma: float", "beta: float"},
                        {"z: T", "norm: float"});
  const auto layer_gradient = {"d: T",     "z: T", "norm: float",   "dgamma: float",
                               "dbeta: float", "x: T", "x_norm: float", "w: float"};
  const auto input_gradients = {"dx: T", "dw: float", "x_dgamma: float", "x_dbeta: float"};
  add_op<run_pointwise_gradient<float>, run_pointwise_gradient<bfloat16>>("Mnv4PointwiseGrad", layer_gradient, input_gradients);
  add_op<run_depthwise_gradient<float>, run_depthwise_gradient<bfloat16>>("Mnv4DepthwiseGrad", layer_gradient, input_gradients);
  add_op<run_convolution<float>, run_convolution<bfloat16>>("Mnv4Convolution", {"x: T", "x_norm: float", "w: float", "gamma: float", "beta: float"},
                          {"z: T", "norm: float"});
  add_op<run_convolution_gradient<float>, run_convolution_gradient<bfloat16>>("Mnv4ConvolutionGrad", layer_gradient, input_gradients);
  add_op<run_batch_norm<float>, run_batch_norm<bfloat16>>("Mnv4BatchNorm", {"z: T", "gamma: float", "beta: float"}, {"norm: float"});
  add_op<run_batch_norm_gradient<float>, run_batch_norm_gradient<bfloat16>>("Mnv4BatchNormGrad",
                                  {"d: T", "z: T", "norm: float", "dgamma: float", "dbeta: float"}, {"dz: T"});
  add_op<run_parameter_gradient<float>, run_parameter_gradient<bfloat16>>("Mnv4ParameterGrad", {"d: T", "z: T", "norm: float"},
                                 {"dgamma: float", "dbeta: float"});
  add_op<run_product>("Mnv4Product", {"a: float", "b: float"}, {"c: float"});
  add_op<run_slice>("Mnv4Slice", {"flat: float"}, {"used: float"});
  add_op<run_rms_prop>("Mnv4RmsProp", {"by: float", "weights: float", "square: float", "moved: float", "gradient: float"}, {});
  add_op<run_adam_w>("Mnv4AdamW",
                     {"by: float", "weights: float", "mean: float", "square: float", "gradient: float", "mask: float"}, {});
  add_op<run_flatten>("Mnv4Flatten", {"into: float", "weights: float", "places: int32", "gradients: N * float"}, {});
  add_op<run_combine<float>, run_combine<bfloat16>>("Mnv4Combine", {"z: N * T", "norm: N * float"}, {"y: Y"});
}

/// share(descriptor, offset, workers): lends cores among workers; the number of waiting workers is at byte `offset` of
/// the shared memory. With one worker, the lending stops.
napi_value share(napi_env env, napi_callback_info info) {
  size_t count = 3;
  napi_value arguments[3];
  int64_t values[3] = {};
  napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  for (size_t i = 0; i < count; i++) napi_get_value_int64(env, arguments[i], &values[i]);
  const auto [descriptor, offset, workers] = values;
  static void* mapped = nullptr;
  static size_t size = 0;
  Helpers::share(nullptr, 1);
  if (mapped != nullptr) munmap(mapped, size);
  mapped = nullptr;
  if (workers == 1) return nullptr;
  size = offset + sizeof(int32_t);
  void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, int(descriptor), 0);
  if (memory == MAP_FAILED) {
    napi_throw_error(env, nullptr, "the shared memory cannot be mapped");
    return nullptr;
  }
  mapped = memory;
  Helpers::share(reinterpret_cast<std::atomic<int32_t>*>(static_cast<char*>(memory) + offset), int(workers));
  return nullptr;
}

/// wait(waits): this worker starts (true) or stops (false) waiting for the others.
napi_value wait_for_others(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument;
  bool waits = false;
  napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr);
  napi_get_value_bool(env, argument, &waits);
  Helpers::wait(waits);
  return nullptr;
}

/// map(descriptor, bytes) -> ArrayBuffer: maps shared memory, without a copy, or with a descriptor of -1 memory of this
/// process alone.
napi_value map(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value arguments[2], buffer = nullptr;
  int64_t descriptor = 0, bytes = 0;
  napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  napi_get_value_int64(env, arguments[0], &descriptor);
  napi_get_value_int64(env, arguments[1], &bytes);
  const int flags = descriptor < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, flags, int(descriptor), 0);
  if (memory == MAP_FAILED) {
    napi_throw_error(env, nullptr, "the memory cannot be mapped");
    return nullptr;
  }
  const auto unmap = [](napi_env, void* memory, void* bytes) { munmap(memory, reinterpret_cast<size_t>(bytes)); };
  napi_create_external_arraybuffer(env, memory, bytes, unmap, reinterpret_cast<void*>(size_t(bytes)), &buffer);
  return buffer;
}

/// addUp(parts, factor, to): writes the sum of the parts times factor; all are Float32Arrays of the same length.
napi_value add_up(napi_env env, napi_callback_info info) {
  size_t count = 3;
  napi_value arguments[3];
  napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  size_t length = 0;
  const auto floats = [&](napi_value array) {
    void* data = nullptr;
    napi_get_typedarray_info(env, array, nullptr, &length, &data, nullptr, nullptr);
    return static_cast<float*>(data);
  };
  uint32_t size = 0;
  double factor = 1;
  napi_get_array_length(env, arguments[0], &size);
  napi_get_value_double(env, arguments[1], &factor);
  std::vector<const float*> parts(size);
  for (uint32_t r = 0; r < size; r++) {
    napi_value part;
    napi_get_element(env, arguments[0], r, &part);
    parts[r] = floats(part);
  }
  float* to = floats(arguments[2]);
  for (size_t i = 0; i < length; i++) {
    float sum = parts[0][i];
    for (uint32_t r = 1; r < size; r++) sum += parts[r][i];
    to[i] = sum * float(factor);
  }
  return nullptr;
}

void add_function(napi_env env, napi_value exports, const char* name, napi_callback function) {
  napi_value value;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, function, nullptr, &value);
  napi_set_named_property(env, exports, name, value);
}

}  // namespace

extern "C" napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  try {
    add_ops();
    add_function(env, exports, "share", share);
    add_function(env, exports, "wait", wait_for_others);
    add_function(env, exports, "map", map);
    add_function(env, exports, "addUp", add_up);
  } catch (const std::exception& error) {
    napi_throw_error(env, nullptr, error.what());
  }
  return exports;
}
