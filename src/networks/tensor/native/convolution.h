// Dense convolution with the batch norms before and after it, as a matrix product: each output's window is a row.
#pragma once
#include "pointwise.h"
#include "window.h"

namespace mnv4::MNV4_VECTORS {

/// The windows of a k x k convolution as rows [k, k, C].
template <typename T>
class Patches {
 public:
  Patches(const Activated<T>& x, const Window& window, int kernel) : x_(x), window_(window), kernel_(kernel) {}

  int width() const { return kernel_ * kernel_ * x_.channels; }

  /// Writes the windows of `count` outputs from `first` on, normalised and zero-padded, `step` numbers apart.
  template <typename To>
  void copy(int first, int count, To* to, size_t step) const {
    const int channels = x_.channels, run = kernel_ * channels;
    const auto copy_part = [&](int r, int ky, int begin, int end, int pixel) {
      To* row = to + r * step + size_t(ky) * run;
      if (end - begin < kernel_) std::fill(row, row + run, To{});
      row += begin * channels;
      if (x_.norm == nullptr) copy_run(x_.z + size_t(pixel) * channels, (end - begin) * channels, row);
      else copy_rows(x_, channels, pixel, end - begin, row, channels);
    };
    each_line(first, count, [&](const Line& line) {
      const auto [from, until] = x_.norm == nullptr ? whole_windows(line) : std::pair(line.count, line.count);
      each_run(line, 0, from, copy_part);
      if (from < until) {
        const size_t apart = size_t(window_.stride) * channels;
        copy_runs(x_.z + size_t(line.pixel + left(line.x + from)) * channels, apart, run, until - from,
                  to + (line.first + from) * step + size_t(line.ky) * run, step);
      }
      each_run(line, until, line.count, copy_part);
    });
  }

  /// Adds the gradients with respect to windows of one image, stored contiguously, to those with respect to its pixels,
  /// the first of which is `first_pixel` of all images.
  void add_back(int first, int count, const float* from, int first_pixel, float* image) const {
    const int channels = x_.channels;
    const auto add_part = [&](int r, int ky, int begin, int end, int pixel) {
      const float* row = from + size_t(r) * width() + (size_t(ky) * kernel_ + begin) * channels;
      float* to = image + size_t(std::max(pixel - first_pixel, 0)) * channels;
      for (int i = 0; i < (end - begin) * channels; i++) to[i] += row[i];
    };
    each_line(first, count, [&](const Line& line) { each_run(line, 0, line.count, add_part); });
  }

 private:
  /// Row ky of the windows of outputs that lie in one row.
  struct Line {
    int first, count;  // of the outputs
    int x;             // of the first output
    int ky;
    int pixel;  // at which the input's row begins; -1 above and below the image
  };

  /// Calls `use` with the lines of `count` outputs from `first` on.
  template <typename Use>
  inline __attribute__((always_inline)) void each_line(int first, int count, const Use& use) const {
    const int width = window_.out_width, height = window_.out_height;
    for (int r = 0, n; r < count; r += n) {
      const int x = (first + r) % width, y = (first + r) / width % height, image = (first + r) / width / height;
      n = std::min(count - r, width - x);
      for (int ky = 0; ky < kernel_; ky++) {
        const int row = y * window_.stride - window_.top + ky;
        const bool is_inside = row >= 0 && row < window_.height;
        use(Line{r, n, x, ky, is_inside ? (image * window_.height + row) * window_.width : -1});
      }
    }
  }

  /// First column of the window of the output at x.
  int left(int x) const { return x * window_.stride - window_.left; }

  /// The outputs of a line, from one to before another, whose windows lie within the image's columns.
  std::pair<int, int> whole_windows(const Line& line) const {
    if (line.pixel < 0) return {line.count, line.count};
    const int first = (window_.left + window_.stride - 1) / window_.stride;
    const int spare = window_.width - kernel_ + window_.left, last = spare < 0 ? -1 : spare / window_.stride;
    const int from = std::clamp(first - line.x, 0, line.count);
    return {from, std::clamp(last + 1 - line.x, from, line.count)};
  }

  /// Calls use(r, ky, begin, end, pixel) for outputs `from` to `until` - 1 of a line: columns begin..end-1 of their window
  /// cover the input from `pixel` on.
  template <typename Use>
  inline __attribute__((always_inline)) void each_run(const Line& line, int from, int until, const Use& use) const {
    for (int i = from; i < until; i++) {
      const int start = left(line.x + i);
      const int begin = std::clamp(-start, 0, kernel_), end = std::clamp(window_.width - start, begin, kernel_);
      if (line.pixel < 0) use(line.first + i, line.ky, 0, 0, 0);
      else use(line.first + i, line.ky, begin, end, line.pixel + start + begin);
    }
  }

  /// Copies `count` runs of n numbers; for 3x3 kernels on images n is a constant, which takes a few instructions.
  template <typename To>
  static void copy_runs(const T* from, size_t from_step, int n, int count, To* to, size_t to_step) {
    const auto copy = [&](auto n) __attribute__((always_inline)) {
      for (int i = 0; i < count; i++) copy_run(from + i * from_step, n, to + i * to_step);
    };
    switch (n) {
      case 3: return copy(std::integral_constant<int, 3>{});
      case 9: return copy(std::integral_constant<int, 9>{});
      default: return copy(n);
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

}  // namespace mnv4::MNV4_VECTORS
