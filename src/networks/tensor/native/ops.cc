// The kernels as TensorFlow ops, which a Node addon registers when it is loaded: those of layers (layers.h), and products,
// optimizers and the flat vector of weights.
#include <node_api.h>
#include <sys/mman.h>

#include "flat.h"
#include "layers.h"
#include "optimizer.h"

namespace {
using namespace mnv4;
using namespace mnv4::wide;

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

/// Runs an op on the attributes that TensorFlow keeps for it.
template <typename Use>
void compute(void* given, TF_OpKernelContext* context, const Use& use) {
  Call call(context);
  try {
    use(*static_cast<Attributes*>(given), call);
  } catch (const std::exception& error) {
    call.fail(error.what());
  }
}

template <Run run>
void compute_op(void* given, TF_OpKernelContext* context) {
  compute(given, context, run);
}

/// The fewest numbers in a row of what an op reads or writes by vectors.
using Narrowest = int (*)(const Attributes&, Call&);

/// Runs an op of layers by the vectors that fit its rows.
template <Runs LayerOps::*op, Narrowest narrowest>
void compute_layer(void* given, TF_OpKernelContext* context) {
  compute(given, context, [](const Attributes& attributes, Call& call) {
    const Runs* runs = &(layer_ops.*op);
#ifdef __AVX512F__
    if (narrowest(attributes, call) < lanes) runs = &(narrow_ops().*op);
#endif
    (attributes.type == TF_FLOAT ? runs->full : runs->half)(attributes, call);
  });
}

int first_channels(const Attributes&, Call& call) { return call.channels(0); }

/// Fewest channels of a pointwise layer's input and output; input 0 of the op has those of one, input `other` of the other.
template <int other>
int pointwise_channels(const Attributes&, Call& call) {
  return std::min(call.channels(0), call.channels(other));
}

/// Fewest channels of a dense convolution, whose input is copied by vectors where it has a norm.
template <int x, int x_norm, int w>
int convolution_channels(const Attributes&, Call& call) {
  const int channels = call.channels(w);
  return call.input(x_norm).size() == 0 ? channels : std::min(channels, call.channels(x));
}

/// Fewest channels of its gradient; that with respect to windows is written by vectors, too.
int convolution_gradient_channels(const Attributes& attributes, Call& call) {
  const int channels = convolution_channels<5, 6, 7>(attributes, call);
  const Input kernel = call.input(7);
  return attributes.goes_back ? std::min(channels, int(kernel.size()) / kernel.channels()) : channels;
}

using Compute = void (*)(void*, TF_OpKernelContext*);

void add_op(const char* name, Compute compute, std::initializer_list<const char*> inputs, std::initializer_list<const char*> outputs) {
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
    TF_KernelBuilder* kernel = TF_NewKernelBuilder(name, "CPU", read_attributes, compute, free_attributes);
    TF_RegisterKernelBuilder(name, kernel, status);
  }
  if (!status.ok()) throw std::runtime_error(std::string(name) + ": " + status.message());
}

void add_ops() {
  using Names = std::initializer_list<const char*>;
  const Names layer = {"x: T", "x_norm: float", "w: float", "gamma: float", "beta: float"}, normed = {"z: T", "norm: float"};
  const Names layer_gradient = {"d: T",        "z: T", "norm: float",   "dgamma: float",
                                "dbeta: float", "x: T", "x_norm: float", "w: float"};
  const Names gradients = {"dx: T", "dw: float", "x_dgamma: float", "x_dbeta: float"};
  using L = LayerOps;
  add_op("Mnv4Pointwise", compute_layer<&L::pointwise, pointwise_channels<2>>, layer, normed);
  add_op("Mnv4PointwiseGrad", compute_layer<&L::pointwise_gradient, pointwise_channels<5>>, layer_gradient, gradients);
  add_op("Mnv4Convolution", compute_layer<&L::convolution, convolution_channels<0, 1, 2>>, layer, normed);
  add_op("Mnv4ConvolutionGrad", compute_layer<&L::convolution_gradient, convolution_gradient_channels>, layer_gradient,
         gradients);
  add_op("Mnv4Depthwise", compute_layer<&L::depthwise, first_channels>, layer, normed);
  add_op("Mnv4DepthwiseGrad", compute_layer<&L::depthwise_gradient, first_channels>, layer_gradient, gradients);
  add_op("Mnv4BatchNorm", compute_layer<&L::batch_norm, first_channels>, {"z: T", "gamma: float", "beta: float"},
         {"norm: float"});
  add_op("Mnv4BatchNormGrad", compute_layer<&L::batch_norm_gradient, first_channels>,
         {"d: T", "z: T", "norm: float", "dgamma: float", "dbeta: float"}, {"dz: T"});
  add_op("Mnv4ParameterGrad", compute_layer<&L::parameter_gradient, first_channels>, {"d: T", "z: T", "norm: float"},
         {"dgamma: float", "dbeta: float"});
  add_op("Mnv4Combine", compute_layer<&L::combine, first_channels>, {"z: N * T", "norm: N * float"}, {"y: Y"});
  add_op("Mnv4Product", compute_op<run_product>, {"a: float", "b: float"}, {"c: float"});
  add_op("Mnv4Slice", compute_op<run_slice>, {"flat: float"}, {"used: float"});
  add_op("Mnv4RmsProp", compute_op<run_rms_prop>,
         {"by: float", "weights: float", "square: float", "moved: float", "gradient: float"}, {});
  add_op("Mnv4AdamW", compute_op<run_adam_w>,
         {"by: float", "weights: float", "mean: float", "square: float", "gradient: float", "mask: float"}, {});
  add_op("Mnv4Flatten", compute_op<run_flatten>,
         {"into: float", "weights: float", "places: int32", "gradients: N * float"}, {});
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
#if defined(MNV4_TILES)
    const bool multiplies_half = wide::has_tiles();
#elif defined(MNV4_PAIRS)
    constexpr bool multiplies_half = true;
#else
    constexpr bool multiplies_half = false;
#endif
    napi_value value;
    napi_get_boolean(env, multiplies_half, &value);
    napi_set_named_property(env, exports, "multipliesHalf", value);
    add_function(env, exports, "share", share);
    add_function(env, exports, "wait", wait_for_others);
    add_function(env, exports, "map", map);
    add_function(env, exports, "addUp", add_up);
  } catch (const std::exception& error) {
    napi_throw_error(env, nullptr, error.what());
  }
  return exports;
}
