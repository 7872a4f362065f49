// Depthwise convolution with the batch norms on both its sides: sixteen channels of one image at a time, as a plane in
// the first-level cache.
#pragma once
#include <type_traits>

#include "batch_norm.h"
#include "parallel.h"

namespace mnv4 {

/// Sizes of a convolution; `top` and `left` count its zero padding before the first row and column.
struct Window {
  int stride, top, left;
  int height, width;          // of the input
  int out_height, out_width;  // of the output
};

/// A map of sixteen channels, [height, width, 16], of zeros at first.
struct Plane {
  Plane(int height, int width) : height(height), width(width), data(size_t(height) * width * lanes) { clear(); }
  float* at(int y, int x) { return data + (size_t(y) * width + x) * lanes; }
  const float* at(int y, int x) const { return data + (size_t(y) * width + x) * lanes; }
  void clear() { std::memset(static_cast<float*>(data), 0, size_t(height) * width * lanes * sizeof(float)); }
  const int height, width;
  Floats data;
};

/// The loops of one kernel size and stride.
template <int K, int S>
struct Filter {
  /// Gives `emit` for all y, x the sum over the kernel of in[y0 + y S + ky][x0 + x S + kx] w[ky][kx], and whether it has
  /// had that one before: a row's last tile may overlap.
  template <typename Emit>
  static inline __attribute__((always_inline)) void apply(const Plane& in, int y0, int x0, const Vector* w, int height,
                                                          int width, const Emit& emit) {
    for (int y = 0; y < height; y++) {
      int done = 0;
      if (width >= tile) {
        for (; done < width; done += tile) {
          const int x = std::min(done, width - tile);
          apply_tile<tile>(in.at(y0 + y * S, x0 + x * S), in.width, w, [&](int t, Vector sum) {
            emit(y, x + t, sum, x + t < done);
          });
        }
      } else {
        for (; done < width; done++) {
          apply_tile<1>(in.at(y0 + y * S, x0 + done * S), in.width, w,
                        [&](int, Vector sum) { emit(y, done, sum, false); });
        }
      }
    }
  }

  /// dw[ky][kx] += over the outputs of dz[y][x] in[y S + ky][x S + kx]
  static void filter_gradient(const Plane& in, const float* dz, int dz_width, const Window& window, Vector* dw) {
    if constexpr (K == 3) return filter_gradient_at_once(in, dz, dz_width, window, dw);
    for (int ky = 0; ky < K; ky++) {
      Vector sums[2][K] = {};
      for (int y = 0; y < window.out_height; y++) {
        const float* d = dz + size_t(y) * dz_width * lanes;
        const float* row = in.at(y * S + ky, 0);
        int x = 0;
        for (; x + tile <= window.out_width; x += tile) gradient_tile<tile, 2>(d + x * lanes, row + x * S * lanes, sums);
        for (; x < window.out_width; x++) gradient_tile<1, 2>(d + x * lanes, row + x * S * lanes, sums);
      }
#pragma GCC unroll 8
      for (int kx = 0; kx < K; kx++) dw[ky * K + kx] += sums[0][kx] + sums[1][kx];
    }
  }

  /// Gives `emit` for each x of row y of the input the sum of dz[(y - ky) / 2][(x - kx) / 2] w[ky][kx] over those ky and kx
  /// that leave no remainder; y and x count the padding. With stride 2 that is dx.
  template <typename Emit>
  static inline __attribute__((always_inline)) void row_back(const Plane& dz, int y, const Vector* w, int from, int to,
                                                             const Emit& emit) {
    if (y % 2 == 0) row_back_of<0>(dz, y / 2, w, from, to, emit);
    else row_back_of<1>(dz, y / 2, w, from, to, emit);
  }

  /// Zeros around dz that `row_back` reads.
  static constexpr int back_border = (K - 1) / 2;

 private:
  static constexpr int tile = 4;

  /// As `filter_gradient`, with the sums of all taps in registers.
  static void filter_gradient_at_once(const Plane& in, const float* dz, int dz_width, const Window& window, Vector* dw) {
    Vector sums[K][2][K] = {};
    for (int y = 0; y < window.out_height; y++) {
      const float* d = dz + size_t(y) * dz_width * lanes;
      int x = 0;
      for (; x + tile <= window.out_width; x += tile) {
#pragma GCC unroll 4
        for (int ky = 0; ky < K; ky++) gradient_tile<tile, 1>(d + x * lanes, in.at(y * S + ky, x * S), sums[ky]);
      }
      for (; x < window.out_width; x++) {
#pragma GCC unroll 4
        for (int ky = 0; ky < K; ky++) gradient_tile<1, 1>(d + x * lanes, in.at(y * S + ky, x * S), sums[ky]);
      }
    }
#pragma GCC unroll 4
    for (int ky = 0; ky < K; ky++) {
#pragma GCC unroll 4
      for (int kx = 0; kx < K; kx++) dw[ky * K + kx] += sums[ky][0][kx];
    }
  }

  template <int A, typename Emit>
  static inline __attribute__((always_inline)) void row_back_of(const Plane& dz, int half, const Vector* w, int from, int to,
                                                                const Emit& emit) {
    for (int q = from / 2; 2 * q < to; q++) {
      Vector even = {}, odd = {};
#pragma GCC unroll 4
      for (int ky = A; ky < K; ky += 2) {
        const float* row = dz.at(back_border + half - ky / 2, back_border + q);
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
  static inline __attribute__((always_inline)) void apply_tile(const float* in, int in_width, const Vector* w,
                                                               const Emit& emit) {
    Vector sums[T] = {};
#pragma GCC unroll 8
    for (int ky = 0; ky < K; ky++, in += in_width * lanes) {
#pragma GCC unroll 16
      for (int j = 0; j < (T - 1) * S + K; j++) {
        const Vector value = load(in + j * lanes);
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

  /// Adds to one of `Chains` sums for each tap, in turn, so that one addition need not wait for the one before.
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

/// A plane for the input: all that the windows reach, and all of the input.
inline Plane input_plane(const Window& window, int kernel) {
  const auto extent = [&](int out, int before, int in) {
    return std::max((out - 1) * window.stride + kernel, before + in);
  };
  return {extent(window.out_height, window.top, window.height), extent(window.out_width, window.left, window.width)};
}

/// Puts an image's sixteen channels from c on, normalised, behind the padding.
inline void fill(const Activated& x, const float* image, int c, const Window& window, Plane& to) {
  const auto rows = [&](const auto& activate) {
    for (int y = 0; y < window.height; y++) {
      const float* row = image + size_t(y) * window.width * x.channels + c;
      float* out = to.at(window.top + y, window.left);
      for (int i = 0; i < window.width; i++) store(out + i * lanes, activate(load(row + size_t(i) * x.channels)));
    }
  };
  if (x.norm == nullptr) return rows([](Vector z) { return z; });
  rows(x.strip(c));
}

/// z [B, OH, OW, C] = x [B, H, W, C] filtered by w [K, K, C], and its moments.
template <int K, int S>
Moments depthwise(const Activated& x, const float* w, int batch, const Window& window, int threads, float* z) {
  const int channels = x.channels;
  const Groups groups(channels);
  const size_t area = size_t(window.height) * window.width, out_area = size_t(window.out_height) * window.out_width;
  const int parts = parts_of(batch, 1);
  std::vector<Moments> moments(parts, Moments(channels));
  split(threads, parts, batch, [&](int part, int from, int to) {
    Plane plane = input_plane(window, K);
    for (int n = from; n < to; n++) {
      for (int g = 0; g < groups.count; g++) {
        const int c = groups.start(g);
        Vector filter[K * K];
        for (int i = 0; i < K * K; i++) filter[i] = load(w + size_t(i) * channels + c);
        fill(x, x.z + n * area * channels, c, window, plane);
        float* out = z + n * out_area * channels + c;
        Vector origin = {}, sum = {}, squares = {};
        Filter<K, S>::apply(plane, 0, 0, filter, 1, 1, [&](int, int, Vector value, bool) { origin = value; });
        Filter<K, S>::apply(plane, 0, 0, filter, window.out_height, window.out_width,
                            [&](int y, int x, Vector value, bool repeated) {
                              store(out + (size_t(y) * window.out_width + x) * channels, value);
                              const Vector d = repeated ? Vector{} : value - origin;
                              sum += d;
                              squares += d * d;
                            });
        moments[part].join(c, groups.overlap(g), double(out_area), origin, sum, squares);
      }
      moments[part].counted(double(out_area));
    }
  });
  for (size_t part = 1; part < moments.size(); part++) moments[0].add(moments[part]);
  return moments[0];
}

/// From dz, `gradient`: dx, dw [K, K, C] and, where x has a norm, the gradients of its gamma and beta.
template <int K, int S>
void depthwise_gradient(const Gradient& gradient, const Activated& x, const float* w, int batch, const Window& window,
                        int threads, float* dx, float* dw, float* dgamma, float* dbeta) {
  const int channels = x.channels;
  const Groups groups(channels);
  const size_t area = size_t(window.height) * window.width, out_area = size_t(window.out_height) * window.out_width;
  // With stride 1, dx is dz behind K - 1 zeros, filtered by the kernel turned round.
  constexpr int border = S == 1 ? K - 1 : Filter<K, S>::back_border;
  constexpr int behind = S == 1 ? border : 2 * border;
  const int parts = parts_of(batch, 1);
  std::vector<std::vector<Vector>> filter_gradients(parts);
  std::vector<ParameterSums> parameter_sums(parts, ParameterSums(channels));
  split(threads, parts, batch, [&](int part, int from, int to) {
    Plane in = input_plane(window, K);
    Plane dz(std::max(window.out_height, (window.height + window.top - 1) / S + 1) + behind,
             std::max(window.out_width, (window.width + window.left - 1) / S + 1) + behind);
    filter_gradients[part].assign(size_t(groups.count) * K * K, Vector{});
    for (int n = from; n < to; n++) {
      for (int g = 0; g < groups.count; g++) {
        const int c = groups.start(g);
        const auto strip = gradient.strip(c);
        for (int y = 0; y < window.out_height; y++) {
          float* row = dz.at(border + y, border);
          size_t at = (n * out_area + size_t(y) * window.out_width) * channels + c;
          for (int i = 0; i < window.out_width; i++, at += channels) {
            store(row + i * lanes, strip(load(gradient.d() + at), load(gradient.of().z + at)));
          }
        }
        const size_t image = n * area * channels;
        fill(x, x.z + image, c, window, in);
        Filter<K, S>::filter_gradient(in, dz.at(border, border), dz.width, window, &filter_gradients[part][g * K * K]);

        Vector filter[K * K];
        for (int i = 0; i < K * K; i++) filter[i] = load(w + size_t(S == 1 ? K * K - 1 - i : i) * channels + c);
        const auto each = [&](const auto& emit) __attribute__((always_inline)) {
          if constexpr (S == 1) {
            Filter<K, 1>::apply(dz, window.top, window.left, filter, window.height, window.width, emit);
          } else {
            for (int y = 0; y < window.height; y++) {
              Filter<K, S>::row_back(dz, window.top + y, filter, window.left, window.left + window.width,
                                     [&](int i, Vector value, bool repeated) { emit(y, i, value, repeated); });
            }
          }
        };
        float* out = dx + image + c;
        if (x.norm == nullptr) {
          each([&](int y, int i, Vector value, bool) {
            store(out + (size_t(y) * window.width + i) * channels, value);
          });
          continue;
        }
        const auto activated = x.strip(c);
        const Vector mean = load(x.row(kMean) + c);
        Vector sum = {}, moment = {};
        each([&](int y, int i, Vector value, bool repeated) {
          const size_t at = (size_t(y) * window.width + i) * channels;
          store(out + at, value);
          const Vector before = load(x.z + image + c + at);
          Vector dy = repeated ? Vector{} : value;
          if (x.relu) dy = where(activated.passes(before), dy);
          sum += dy;
          moment += dy * (before - mean);
        });
        parameter_sums[part].join(c, groups.overlap(g), sum, moment);
      }
    }
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

}  // namespace mnv4
