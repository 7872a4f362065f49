// Dense convolution with the batch norms before and after it, as a matrix product: each output's window is a row.
#pragma once
#include "pointwise.h"
#include "window.h"

namespace mnv4 {

/// The windows of a k x k convolution as rows [k, k, C].
template <typename T>
class Patches {
 public:
  Patches(const Activated<T>& x, const Window& window, int kernel) : x_(x), window_(window), kernel_(kernel) {}

  int width() const { return kernel_ * kernel_ * x_.channels; }

  /// Writes the windows of `count` outputs from `first` on, normalised and zero-padded, `step` numbers apart.
  template <typename To>
  void copy(int first, int count, To* to, size_t step) const {
    const int channels = x_.channels;
    each_run(first, count, [&](int r, int ky, int begin, int end, int pixel) {
      To* row = to + r * step + size_t(ky) * kernel_ * channels;
      if (end - begin < kernel_) std::fill(row, row + kernel_ * channels, To{});
      row += begin * channels;
      if (x_.norm == nullptr) copy_pixels(x_.z + size_t(pixel) * channels, (end - begin) * channels, row);
      else copy_rows(x_, channels, pixel, end - begin, row, channels);
    });
  }

  /// Adds the gradients with respect to windows of one image, stored contiguously, to those with respect to its pixels,
  /// the first of which is `first_pixel` of all images.
  void add_back(int first, int count, const float* from, int first_pixel, float* image) const {
    const int channels = x_.channels;
    each_run(first, count, [&](int r, int ky, int begin, int end, int pixel) {
      const float* row = from + size_t(r) * width() + (size_t(ky) * kernel_ + begin) * channels;
      float* to = image + size_t(std::max(pixel - first_pixel, 0)) * channels;
      for (int i = 0; i < (end - begin) * channels; i++) to[i] += row[i];
    });
  }

 private:
  /// Copies n numbers; for the usual widths of RGB images n is a constant, which takes a few instructions.
  template <typename To>
  static inline __attribute__((always_inline)) void copy_pixels(const T* from, int n, To* to) {
    switch (n) {
      case 3: return copy_run(from, 3, to);
      case 9: return copy_run(from, 9, to);
      default: copy_run(from, n, to);
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

  const Activated<T>& x_;
  const Window& window_;
  const int kernel_;
};

/// z [B, OH, OW, n] = x [B, H, W, C] convolved with w [k, k, C, n], and its moments.
template <typename T>
Moments convolution(const Activated<T>& x, const float* w, int kernel, int batch, const Window& window, int n,
                    int threads, T* z) {
  const Patches<T> patches(x, window, kernel);
  const auto copy = [&](int first, int count, auto* to, size_t step) { patches.copy(first, count, to, step); };
  return rows_times(copy, w, batch * window.out_height * window.out_width, patches.width(), n, threads, z);
}

/// Computes from dz (`gradient`) dw and, if dx is not null, dx and, if x has a norm, the gradients of its gamma and
/// beta.
template <typename T>
void convolution_gradient(const Gradient<T>& gradient, const Activated<T>& x, const float* w, int kernel, int batch,
                          const Window& window, int threads, T* dx, float* dw, float* dgamma, float* dbeta) {
  const Patches<T> patches(x, window, kernel);
  const int area = window.out_height * window.out_width, pixels = window.height * window.width;
  const size_t image_size = size_t(pixels) * x.channels;
  const bool streams = batch * image_size * sizeof(T) > streamed_bytes;
  const auto copy = [&](int first, int count, auto* to, size_t step) { patches.copy(first, count, to, step); };
  const auto none = [](int, int) { return NoSums{}; };
  if (dx == nullptr) return rows_gradient(gradient, copy, none, nullptr, w, batch, area, patches.width(), threads, dw);
  // Each part sums up the gradient of one image at a time.
  std::vector<ParameterSums> sums(most_parts, ParameterSums(x.channels));
  std::vector<std::unique_ptr<Floats>> images(most_parts);
  const auto put = [&](int part, int first, int count, const float* out) {
    auto& image = images[part];
    for (int end; count > 0; out += size_t(end - first) * patches.width(), count -= end - first, first = end) {
      const int n = first / area;
      end = std::min(first + count, (n + 1) * area);
      if (image == nullptr) image = std::make_unique<Floats>(image_size);
      if (first % area == 0) std::memset(static_cast<float*>(*image), 0, image_size * sizeof(float));
      patches.add_back(first, end - first, out, n * pixels, *image);
      if (end < (n + 1) * area) continue;
      if (x.norm != nullptr) sums[part].add(x, n * pixels, static_cast<const float*>(*image), pixels);
      copy_out(*image, image_size, dx + n * image_size, streams);
    }
  };
  rows_gradient(gradient, copy, none, put, w, batch, area, patches.width(), threads, dw);
  for (int part = 1; part < most_parts; part++) sums[0].add(sums[part]);
  if (x.norm != nullptr) sums[0].finish(x, dgamma, dbeta);
}

}  // namespace mnv4
