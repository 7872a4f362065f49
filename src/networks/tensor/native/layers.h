// The ops of layers. Feature maps and their gradients are of the type T, float32 or bfloat16, all other tensors float32.
// Maps have at least 8 channels, the last axis; only a dense convolution reads maps of fewer, which have no norm. A norm
// is [4, C] (batch_norm.h), and an empty norm means that its tensor has none.
#pragma once
#include <array>

#include "convolution.h"
#include "depthwise.h"
#include "layer_ops.h"

namespace mnv4::MNV4_VECTORS {

/// View of the inputs numbered `z` and `norm`.
template <typename T>
Activated<T> activated(Call& call, int z, int norm, bool relu, Shape* shape = nullptr) {
  const Input values = call.input<T>(z);
  const Input parameters = call.input(norm);
  const bool has_norm = parameters.size() > 0;
  require(!has_norm || values.channels() >= lanes, "8 channels or more");
  require(!has_norm || parameters.size() == size_t(kNormRows) * values.channels(), "a norm for each channel");
  if (shape != nullptr) *shape = values.shape;
  return {values.data, has_norm ? parameters.data : nullptr, relu, values.channels()};
}

inline void finish_norm(Call& call, const Moments& moments, int gamma, int beta, float epsilon, int output) {
  const Input g = call.input(gamma), b = call.input(beta);
  require(g.size() == b.size(), "as many values of gamma as of beta");
  moments.finish(g.data, b.data, epsilon, call.output(output, {kNormRows, g.channels()}));
}

/// x, x_norm, w, gamma, beta -> z, norm
template <typename T>
void run_pointwise(const Attributes& attributes, Call& call) {
  Shape shape;
  const Activated x = activated<T>(call, 0, 1, attributes.x_relu, &shape);
  const Input w = call.input(2);
  require(x.channels >= lanes, "8 channels or more");
  require(w.shape.size() == 2 && w.shape[0] == x.channels && w.channels() >= lanes, "w as [k, n] with n of 8 or more");
  T* z = call.output<T>(0, with_channels(shape, w.channels()));
  finish_norm(call, pointwise(x, w.data, rows_of(shape), w.channels(), attributes.threads, z), 3, 4, attributes.epsilon, 1);
}

/// Inputs that all gradient ops of layers share: d, z, norm, dgamma, dbeta, ...
template <typename T>
struct Layer {
  Layer(const Attributes& attributes, Call& call)
      : z(activated<T>(call, 1, 2, attributes.relu, &shape)), gradient(gradient_of(z, call, shape)) {}
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
  LayerInput(const Attributes& attributes, Call& call) : x(activated<T>(call, 5, 6, attributes.x_relu, &shape)), w(call.input(7)) {
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
  const Activated x = activated<T>(call, 0, 1, attributes.x_relu, &shape);
  const Input w = call.input(2);
  const Window window = window_of(attributes, shape, w);
  const int kernel = int(w.shape[0]), n = w.channels();
  require(n >= lanes && w.size() / n >= tile_rows, "8 channels or more, of a window of 9 values or more");
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
  require(!attributes.goes_back || int(in.w.size()) / layer.z.channels >= lanes, "a window of 8 values or more");
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
  const Activated x = activated<T>(call, 0, 1, attributes.x_relu, &shape);
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
  require(in.x.channels >= lanes, "8 channels or more");
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
  require(z.channels() >= lanes, "8 channels or more");
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
  const Activated z = activated<T>(call, 1, 2, attributes.relu, &shape);
  require(z.norm != nullptr && d.shape == shape, "a gradient of the shape of z");
  std::vector<ParameterSums> sums(parts_of(d.rows(), least_rows), ParameterSums(z.channels));
  for_panels(attributes.threads, d.rows(), [&](int part, int first, int count) {
    sums[part].add(z, first, d.data + size_t(first) * z.channels, count);
  });
  for (size_t part = 1; part < sums.size(); part++) sums[0].add(sums[part]);
  float* dgamma = call.output(0, {z.channels});
  sums[0].finish(z, dgamma, call.output(1, {z.channels}));
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
    parts.push_back(activated<T>(call, i, n + i, attributes.relus[i], &own));
    require(i == 0 || own == shape, "equal shapes");
    shape = own;
  }
  const int channels = parts[0].channels;
  require(channels >= lanes, "8 channels or more");
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

/// The ops of layers, by vectors of this width.
inline constexpr LayerOps layer_ops = {
    {run_pointwise<float>, run_pointwise<bfloat16>},
    {run_pointwise_gradient<float>, run_pointwise_gradient<bfloat16>},
    {run_convolution<float>, run_convolution<bfloat16>},
    {run_convolution_gradient<float>, run_convolution_gradient<bfloat16>},
    {run_depthwise<float>, run_depthwise<bfloat16>},
    {run_depthwise_gradient<float>, run_depthwise_gradient<bfloat16>},
    {run_batch_norm<float>, run_batch_norm<bfloat16>},
    {run_batch_norm_gradient<float>, run_batch_norm_gradient<bfloat16>},
    {run_parameter_gradient<float>, run_parameter_gradient<bfloat16>},
    {run_combine<float>, run_combine<bfloat16>},
};

}  // namespace mnv4::MNV4_VECTORS
