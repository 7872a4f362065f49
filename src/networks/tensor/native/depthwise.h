// Depthwise convolution with the batch norms before and after it. An image is processed in bands of rows, and a band by
// vectors of channels: what one vector needs of a band lies in the first-level cache, and the whole band, whose lines
// several vectors share, in the second-level one, into which it is fetched while the band before is computed.
#pragma once
#include <type_traits>

#include "batch_norm.h"
#include "parallel.h"
#include "window.h"

namespace mnv4::MNV4_VECTORS {

/// Rows of one vector of channels, [rows, width, lanes], with zeros where nothing is written.
class Plane {
 public:
  Plane(int rows, int width) : width_(width), data_(size_t(rows) * width * lanes) {
    std::memset(static_cast<float*>(data_), 0, size_t(rows) * width * lanes * sizeof(float));
  }

  const float* at(int row, int x) const { return data_ + offset(row, x); }

  /// Writes the channels from c on of `count` pixels of an `Activated` or a `Gradient`, from pixel `from` on.
  template <typename Source>
  void fill(int row, int x, const Source& source, int c, int from, int count) {
    float* to = place(row, x);
    source.each_of(c, from, count, [&](int i, Vector value) { store(to + i * lanes, value); });
  }
  void clear(int row, int x, int count) {
    std::memset(place(row, x), 0, size_t(count) * lanes * sizeof(float));
  }

  /// N rows from `row` on, from pixel x on.
  template <int N>
  struct View {
    const float* row[N];
  };
  template <int N>
  View<N> view(int row, int x) const {
    View<N> view;
    for (int i = 0; i < N; i++) view.row[i] = at(row + i, x);
    return view;
  }

 private:
  size_t offset(int row, int x) const { return (size_t(row) * width_ + x) * lanes; }
  float* place(int row, int x) { return data_ + offset(row, x); }

  const int width_;
  Floats data_;
};

/// Rows of a map that are read band by band; `fetch` loads those of the next band into the second-level cache.
template <typename T>
class Ahead {
 public:
  /// @param row  numbers in a row
  Ahead(const T* map, size_t row) : map_(map), row_(row) {}
  /// Fetches one part of `parts` of `count` rows from `first` on; these may lie beyond the map.
  void fetch(int64_t first, int count, int part, int parts) const {
    const size_t bytes = size_t(count) * row_ * sizeof(T);
    const char* from = reinterpret_cast<const char*>(map_ + first * int64_t(row_));
    for (size_t at = bytes * part / parts; at < bytes * (part + 1) / parts; at += 64) __builtin_prefetch(from + at, 0, 2);
  }

 private:
  const T* map_;
  const size_t row_;
};

/// The loops of one kernel size and stride over the rows of one group.
template <int K, int S>
struct Filter {
  using View = typename Plane::View<K>;

  /// Calls emit(x, sum, repeated) for all x, with the sum over the kernel of in[ky][x S + kx] w[ky][kx]; `repeated` is
  /// true for values emitted before, since the last tile may overlap.
  template <typename Emit>
  static inline __attribute__((always_inline)) void apply(const View& in, const Vector* w, int width, const Emit& emit) {
    if (width < tile) {
      for (int x = 0; x < width; x++) apply_tile<1>(in, x, w, [&](int, Vector sum) { emit(x, sum, false); });
      return;
    }
    for (int done = 0; done < width; done += tile) {
      const int x = std::min(done, width - tile);
      apply_tile<tile>(in, x, w, [&](int t, Vector sum) { emit(x + t, sum, x + t < done); });
    }
  }

  /// dw[ky][kx] += sum over the outputs of a row of dz[x] in[ky][x S + kx]
  static inline void filter_gradient(const View& in, const float* dz, int width, Vector* dw) {
    if constexpr (K == 3) {  // the sums of all taps fit into registers
      Vector sums[K][2][K] = {};
      each_tile(width, [&](auto t, int x) __attribute__((always_inline)) {
#pragma GCC unroll 4
        for (int ky = 0; ky < K; ky++) gradient_tile<t.value, 1>(dz + x * lanes, in.row[ky] + x * S * lanes, sums[ky]);
      });
      for (int ky = 0; ky < K; ky++) {
        for (int kx = 0; kx < K; kx++) dw[ky * K + kx] += sums[ky][0][kx];
      }
    } else {
      for (int ky = 0; ky < K; ky++) {
        Vector sums[2][K] = {};
        each_tile(width, [&](auto t, int x) __attribute__((always_inline)) {
          gradient_tile<t.value, 2>(dz + x * lanes, in.row[ky] + x * S * lanes, sums);
        });
        for (int kx = 0; kx < K; kx++) dw[ky * K + kx] += sums[0][kx] + sums[1][kx];
      }
    }
  }

  /// Computes dx for stride 2: calls `emit` for the columns from..to-1 of input row y with the sum of
  /// dz[(y - ky) / 2][(x - kx) / 2] w[ky][kx] over all ky and kx that leave no remainder. y and x include the padding.
  /// Row K - 1 of `dz` is row y / 2, after `back_border` zeros.
  template <typename Emit>
  static inline __attribute__((always_inline)) void row_back(const View& dz, int y, const Vector* w, int from, int to,
                                                             const Emit& emit) {
    if (y % 2 == 0) row_back_of<0>(dz, w, from, to, emit);
    else row_back_of<1>(dz, w, from, to, emit);
  }

  /// Zeros before each row of dz that `row_back` reads.
  static constexpr int back_border = (K - 1) / 2;

 private:
  static constexpr int tile = 4;

  /// Calls `use` for the tiles of a row, of `tile` pixels or of one.
  template <typename Use>
  static inline __attribute__((always_inline)) void each_tile(int width, const Use& use) {
    int x = 0;
    for (; x + tile <= width; x += tile) use(std::integral_constant<int, tile>{}, x);
    for (; x < width; x++) use(std::integral_constant<int, 1>{}, x);
  }

  template <int A, typename Emit>
  static inline __attribute__((always_inline)) void row_back_of(const View& dz, const Vector* w, int from, int to,
                                                                const Emit& emit) {
    for (int q = from / 2; 2 * q < to; q++) {
      Vector even = {}, odd = {};
#pragma GCC unroll 4
      for (int ky = A; ky < K; ky += 2) {
        const float* row = dz.row[K - 1 - ky / 2] + (back_border + q) * lanes;
#pragma GCC unroll 8
        for (int kx = 0; kx < K; kx++) {
          const Vector value = load(row - (kx / 2) * lanes) * w[ky * K + kx];
          if (kx % 2 == 0) even += value;
          else odd += value;
        }
      }
      if (2 * q >= from) emit(2 * q - from, even, false);
      if (2 * q + 1 < to) emit(2 * q + 1 - from, odd, false);
    }
  }

  template <int T, typename Emit>
  static inline __attribute__((always_inline)) void apply_tile(const View& in, int x, const Vector* w, const Emit& emit) {
    Vector sums[T] = {};
#pragma GCC unroll 8
    for (int ky = 0; ky < K; ky++) {
      const float* row = in.row[ky] + x * S * lanes;
#pragma GCC unroll 16
      for (int j = 0; j < (T - 1) * S + K; j++) {
        const Vector value = load(row + j * lanes);
#pragma GCC unroll 8
        for (int t = 0; t < T; t++) {
          const int kx = j - t * S;
          if (kx >= 0 && kx < K) sums[t] += value * w[ky * K + kx];
        }
      }
    }
#pragma GCC unroll 8
    for (int t = 0; t < T; t++) emit(t, sums[t]);
  }

  /// Adds to `Chains` sums for each tap in turn, so that an addition need not wait for the one before.
  template <int T, int Chains>
  static inline __attribute__((always_inline)) void gradient_tile(const float* d, const float* row, Vector (&sums)[2][K]) {
    Vector dz[T];
#pragma GCC unroll 8
    for (int t = 0; t < T; t++) dz[t] = load(d + t * lanes);
#pragma GCC unroll 16
    for (int j = 0; j < (T - 1) * S + K; j++) {
      const Vector value = load(row + j * lanes);
#pragma GCC unroll 8
      for (int t = 0; t < T; t++) {
        const int kx = j - t * S;
        if (kx >= 0 && kx < K) sums[t % Chains][kx] += dz[t] * value;
      }
    }
  }
};

/// Rows of a band, of `width` pixels each: one vector of channels fits into the first-level cache, and all channels fit
/// into a part of the second-level one.
inline int band_rows(int width, int channels, int height) {
  constexpr int most_pixels = 192, most_floats = 1 << 15;
  return std::clamp(std::min(most_pixels, most_floats / channels) / width, 1, height);
}

/// Fills a plane with the rows of one image, from row `top` on; rows outside the image become zero.
template <typename Source>
inline void fill_rows(Plane& plane, int x, const Source& source, int c, int image, int top, int count, int height,
                      int width) {
  for (int i = 0; i < count; i++) {
    const int y = top + i;
    if (y < 0 || y >= height) plane.clear(i, x, width);
    else plane.fill(i, x, source, c, (image * height + y) * width, width);
  }
}

/// The outputs of a band, computed group by group and then written in memory order.
template <typename T>
class BandOut {
 public:
  /// @param to  [.., C], written past the caches if `streams`
  BandOut(int most_pixels, int channels, T* to, bool streams)
      : channels_(channels), most_pixels_(most_pixels), data_(size_t(Groups(channels).count) * most_pixels * lanes), to_(to),
        streams_(streams && channels % lanes == 0 && is_aligned(to)) {}

  float* group(int g) { return data_ + size_t(g) * most_pixels_ * lanes; }

  void write(size_t first_pixel, int pixels) {
    const Groups groups(channels_);
    T* to = to_ + first_pixel * channels_;
    const auto each = [&](const auto& put) __attribute__((always_inline)) {
      for (int i = 0; i < pixels; i++, to += channels_) {
        const float* from = data_ + i * lanes;
        groups.each([&](int g, int c) __attribute__((always_inline)) {
          put(to + c, load(from + size_t(g) * most_pixels_ * lanes));
        });
      }
    };
    if (streams_) each([](T* at, Vector value) { stream(at, value); });
    else each([](T* at, Vector value) { store(at, value); });
  }

 private:
  const int channels_, most_pixels_;
  Floats data_;
  T* const to_;
  const bool streams_;
};

/// Width of the rows that windows cover, zero padding included.
inline int padded_width(const Window& window, int kernel) {
  return std::max((window.out_width - 1) * window.stride + kernel, window.left + window.width);
}

/// z [B, OH, OW, C] = x [B, H, W, C] filtered by w [K, K, C], and its moments.
template <int K, int S, typename T>
Moments depthwise(const Activated<T>& x, const float* w, int batch, const Window& window, int threads, T* z) {
  const int channels = x.channels, width = window.out_width;
  const Groups groups(channels);
  const int band = band_rows(width, channels, window.out_height);
  const bool streams = size_t(batch) * window.out_height * width * channels * sizeof(T) > streamed_bytes;
  const Ahead<T> ahead(x.z, size_t(window.width) * channels);
  const int parts = parts_of(batch, 1);
  std::vector<Moments> moments(parts, Moments(channels));
  split(threads, parts, batch, [&](int part, int from, int to) {
    Plane in((band - 1) * S + K, padded_width(window, K));
    BandOut<T> out(band * width, channels, z, streams);
    for (int n = from; n < to; n++) {
      for (int first = 0; first < window.out_height; first += band) {
        const int count = std::min(band, window.out_height - first);
        const int top = first * S - window.top, rows = (count - 1) * S + K;
        for (int g = 0; g < groups.count; g++) {
          const int c = groups.start(g);
          ahead.fetch(int64_t{n} * window.height + std::min(top + rows, window.height), rows, g, groups.count);
          fill_rows(in, window.left, x, c, n, top, rows, window.height, window.width);
          Vector filter[K * K];
          for (int i = 0; i < K * K; i++) filter[i] = load(w + size_t(i) * channels + c);
          Vector origin = {}, sum = {}, squares = {};
          Filter<K, S>::apply(in.view<K>(0, 0), filter, 1, [&](int, Vector value, bool) { origin = value; });
          for (int y = 0; y < count; y++) {
            float* to = out.group(g) + y * width * lanes;
            Filter<K, S>::apply(in.view<K>(y * S, 0), filter, width, [&](int x, Vector value, bool repeated) {
              store(to + x * lanes, value);
              const Vector d = repeated ? Vector{} : value - origin;
              sum += d;
              squares += d * d;
            });
          }
          moments[part].join(c, groups.overlap(g), double(count) * width, origin, sum, squares);
        }
        moments[part].counted(double(count) * width);
        out.write((size_t(n) * window.out_height + first) * width, count * width);
      }
    }
    finish_streams();
  });
  for (size_t part = 1; part < moments.size(); part++) moments[0].add(moments[part]);
  return moments[0];
}

/// Computes from dz (`gradient`) dx, dw [K, K, C] and, if x has a norm, the gradients of its gamma and beta.
template <int K, int S, typename T>
void depthwise_gradient(const Gradient<T>& gradient, const Activated<T>& x, const float* w, int batch, const Window& window,
                        int threads, T* dx, float* dw, float* dgamma, float* dbeta) {
  const int channels = x.channels;
  const Groups groups(channels);
  // With stride 1, dx is dz after K - 1 zeros, filtered by the rotated kernel.
  constexpr int border = S == 1 ? K - 1 : Filter<K, S>::back_border;
  // Rows of dz that dx needs; each contributes S rows of dx.
  const int height = (window.height + window.top - 1) / S + 1;
  const int dz_width = border + std::max(window.out_width, (window.width + window.left - 1) / S + 1) + border;
  const int band = band_rows(S * window.out_width, channels, height);
  const bool streams = size_t(batch) * window.height * window.width * channels * sizeof(T) > streamed_bytes;
  const size_t out_row = size_t(window.out_width) * channels;
  const Ahead<T> x_ahead(x.z, size_t(window.width) * channels), z_ahead(gradient.of().z, out_row),
      d_ahead(gradient.d(), out_row);
  const int parts = parts_of(batch, 1);
  std::vector<std::vector<Vector>> filter_gradients(parts);
  std::vector<ParameterSums> parameter_sums(parts, ParameterSums(channels));
  split(threads, parts, batch, [&](int part, int from, int to) {
    Plane in((band - 1) * S + K, padded_width(window, K));
    Plane dz(band + K - 1, dz_width);  // its first row is output row `first` - (K - 1)
    BandOut<T> out(band * S * window.width, channels, dx, streams);
    filter_gradients[part].assign(size_t(groups.count) * K * K, Vector{});
    for (int n = from; n < to; n++) {
      for (int first = 0; first < height; first += band) {
        const int end = std::min(first + band, height), outputs = std::min(end, window.out_height);
        const int in_top = first * S - window.top, in_rows = (outputs - first - 1) * S + K;
        const int top = std::max(0, in_top), bottom = std::min(window.height, end * S - window.top);
        const size_t first_pixel = (size_t(n) * window.height + top) * window.width;
        for (int g = 0; g < groups.count; g++) {
          const int c = groups.start(g);
          x_ahead.fetch(int64_t{n} * window.height + std::min(in_top + in_rows, window.height), band * S, g, groups.count);
          z_ahead.fetch(int64_t{n} * window.out_height + outputs, band, g, groups.count);
          d_ahead.fetch(int64_t{n} * window.out_height + outputs, band, g, groups.count);
          fill_rows(in, window.left, x, c, n, in_top, in_rows, window.height, window.width);
          fill_rows(dz, border, gradient, c, n, first - (K - 1), end - first + K - 1, window.out_height, window.out_width);
          for (int y = first; y < outputs; y++) {
            Filter<K, S>::filter_gradient(in.view<K>((y - first) * S, 0), dz.at(y - first + K - 1, border), window.out_width,
                                          &filter_gradients[part][g * K * K]);
          }
          Vector filter[K * K];
          for (int i = 0; i < K * K; i++) filter[i] = load(w + size_t(S == 1 ? K * K - 1 - i : i) * channels + c);
          const auto each = [&](const auto& emit) __attribute__((always_inline)) {
            for (int y = top; y < bottom; y++) {
              const int padded = y + window.top;
              const auto put = [&](int x, Vector value, bool repeated) __attribute__((always_inline)) {
                emit((y - top) * window.width + x, value, repeated);
              };
              if constexpr (S == 1) {
                Filter<K, 1>::apply(dz.view<K>(padded - first, window.left), filter, window.width, put);
              } else {
                Filter<K, S>::row_back(dz.view<K>(padded / S - first, 0), padded, filter, window.left,
                                       window.left + window.width, put);
              }
            }
          };
          float* to = out.group(g);
          if (x.norm == nullptr) {
            each([&](int i, Vector value, bool) { store(to + i * lanes, value); });
            continue;
          }
          const auto activated = x.strip(c);
          const Vector mean = load(x.row(kMean) + c);
          Vector sum = {}, moment = {};
          const T* z = x.z + first_pixel * channels + c;
          each([&](int i, Vector value, bool repeated) {
            store(to + i * lanes, value);
            const Vector before = load(z + size_t(i) * channels);
            Vector dy = repeated ? Vector{} : value;
            if (x.relu) dy = where(activated.passes(before), dy);
            sum += dy;
            moment += dy * (before - mean);
          });
          parameter_sums[part].join(c, groups.overlap(g), sum, moment);
        }
        out.write(first_pixel, std::max(0, bottom - top) * window.width);
      }
    }
    finish_streams();
  });
  for (int part = 1; part < parts; part++) {
    for (size_t i = 0; i < filter_gradients[0].size(); i++) filter_gradients[0][i] += filter_gradients[part][i];
    parameter_sums[0].add(parameter_sums[part]);
  }
  for (int g = 0; g < groups.count; g++) {
    for (int i = 0; i < K * K; i++) store(dw + size_t(i) * channels + groups.start(g), filter_gradients[0][g * K * K + i]);
  }
  if (x.norm != nullptr) parameter_sums[0].finish(x, dgamma, dbeta);
}

}  // namespace mnv4::MNV4_VECTORS
