// Dense convolution with the batch norms before and after it, as a matrix product: each output's window is a row.
#pragma once
#include "pointwise.h"
#include "window.h"

namespace mnv4 {

/// The windows of a k x k convolution as rows [k, k, C].
class Patches {
 public:
  Patches(const Activated& x, const Window& window, int kernel) : x_(x), window_(window), kernel_(kernel) {}

  int width() const { return kernel_ * kernel_ * x_.channels; }

  /// Writes the windows of `count` outputs from `first` on, normalised and zero-padded, `step` floats apart.
  void copy(int first, int count, float* to, size_t step) const {
    const int channels = x_.channels;
    each_run(first, count, [&](int r, int ky, int begin, int end, int pixel) {
      float* row = to + r * step + size_t(ky) * kernel_ * channels;
      if (end - begin < kernel_) std::fill(row, row + kernel_ * channels, 0.f);
      row += begin * channels;
      if (x_.norm == nullptr) copy_run(x_.z + size_t(pixel) * channels, (end - begin) * channels, row);
      else copy_rows(x_, channels, pixel, end - begin, row, channels);
    });
  }

  /// Adds the gradients with respect to the windows, stored contiguously, to those with respect to the input.
  void add_back(int first, int count, const float* from, float* dx) const {
    const int channels = x_.channels;
    each_run(first, count, [&](int r, int ky, int begin, int end, int pixel) {
      const float* row = from + size_t(r) * width() + (size_t(ky) * kernel_ + begin) * channels;
      float* to = dx + size_t(pixel) * channels;
      for (int i = 0; i < (end - begin) * channels; i++) to[i] += row[i];
    });
  }

 private:
  /// Copies n floats; for the usual widths of RGB images n is a constant, which takes a few instructions.
  static inline __attribute__((always_inline)) void copy_run(const float* from, int n, float* to) {
    switch (n) {
      case 3: return void(std::memcpy(to, from, 3 * sizeof(float)));
      case 9: return void(std::memcpy(to, from, 9 * sizeof(float)));
      default: std::memcpy(to, from, n * sizeof(float));
    }
  }

  /// Calls use(r, ky, begin, end, pixel) for each output and kernel row, whose columns begin..end-1 cover the input
  /// from `pixel` on.
  template <typename Use>
  inline __attribute__((always_inline)) void each_run(int first, int count, const Use& use) const {
    const int area = window_.out_height * window_.out_width;
    int image = first / area, y_out = first % area / window_.out_width, x_out = first % window_.out_width;
    for (int r = 0; r < count; r++, x_out++) {
      if (x_out == window_.out_width) x_out = 0, y_out++;
      if (y_out == window_.out_height) y_out = 0, image++;
      const int top = y_out * window_.stride - window_.top, left = x_out * window_.stride - window_.left;
      const int begin = std::clamp(-left, 0, kernel_), end = std::clamp(window_.width - left, begin, kernel_);
      for (int ky = 0; ky < kernel_; ky++) {
        const int y = top + ky;
        if (y < 0 || y >= window_.height) use(r, ky, 0, 0, 0);
        else use(r, ky, begin, end, (image * window_.height + y) * window_.width + left + begin);
      }
    }
  }

  const Activated& x_;
  const Window& window_;
  const int kernel_;
};

/// z [B, OH, OW, n] = x [B, H, W, C] convolved with w [k, k, C, n], and its moments.
inline Moments convolution(const Activated& x, const float* w, int kernel, int batch, const Window& window, int n,
                           int threads, float* z) {
  const Patches patches(x, window, kernel);
  const auto copy = [&](int first, int count, float* to, size_t step) { patches.copy(first, count, to, step); };
  return rows_times(copy, w, batch * window.out_height * window.out_width, patches.width(), n, threads, z);
}

/// Computes from dz (`gradient`) dw and, if dx is not null, dx and, if x has a norm, the gradients of its gamma and
/// beta.
inline void convolution_gradient(const Gradient& gradient, const Activated& x, const float* w, int kernel, int batch,
                                 const Window& window, int threads, float* dx, float* dw, float* dgamma, float* dbeta) {
  const Patches patches(x, window, kernel);
  const int area = window.out_height * window.out_width, pixels = window.height * window.width;
  const auto copy = [&](int first, int count, float* to, size_t step) { patches.copy(first, count, to, step); };
  if (dx == nullptr) return rows_gradient(gradient, copy, nullptr, w, batch, area, patches.width(), threads, dw);
  std::memset(dx, 0, size_t(batch) * pixels * x.channels * sizeof(float));
  const auto put = [&](int, int first, int count, const float* out) { patches.add_back(first, count, out, dx); };
  rows_gradient(gradient, copy, put, w, batch, area, patches.width(), threads, dw);
  if (x.norm == nullptr) return;
  std::vector<ParameterSums> sums(most_parts, ParameterSums(x.channels));
  split(threads, parts_of(batch, 1), batch, [&](int part, int from, int to) {
    for (int n = from; n < to; n++) sums[part].add(x, n * pixels, dx + size_t(n) * pixels * x.channels, pixels);
  });
  for (int part = 1; part < most_parts; part++) sums[0].add(sums[part]);
  sums[0].finish(x, dgamma, dbeta);
}

}  // namespace mnv4
