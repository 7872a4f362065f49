// Weights of the source pixels along one axis.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace mnv4 {

constexpr int weight_bits = 22;
constexpr int32_t half_weight = 1 << (weight_bits - 1);

/// The source pixels along one axis that make up each of `count` target pixels, with weights in 2^-22: `triangleTaps` in
/// src/data/images/augment/antialias.ts, in the same order of operations. `mirrored` lists them from last to first.
struct Taps {
  /// `from` counts from the first of the `touched` pixels.
  Taps(double from, double length_in, int touched, int count, bool mirrored)
      : first(count), length(count), stride(2 * int(std::ceil(std::max(length_in / count, 1.0))) + 1) {
    weights.resize(size_t(count) * stride);
    heights.resize(stride);
    const double scale = length_in / count, support = std::max(scale, 1.0);
    for (int i = 0; i < count; i++) {
      const int at = mirrored ? count - 1 - i : i;
      const double centre = from + (i + 0.5) * scale;
      const int low = std::max(int(centre - support + 0.5), 0);
      const int high = std::min(int(centre + support + 0.5), touched);
      first[at] = low;
      length[at] = high - low;
      weigh(high - low, low - centre + 0.5, 1 / support, &weights[size_t(at) * stride]);
    }
  }

  const int32_t* of(int i) const { return &weights[size_t(i) * stride]; }

  std::vector<int> first, length;
  int stride;
  std::vector<int32_t> weights;

 private:
  void weigh(int n, double from, double slope, int32_t* out) {
    double sum = 0;
    for (int k = 0; k < n; k++) sum += heights[k] = std::max(1 - std::abs((k + from) * slope), 0.0);
    for (int k = 0; k < n; k++) out[k] = int32_t(0.5 + heights[k] * (1 / sum) * (1 << weight_bits));
  }

  std::vector<double> heights;
};

}  // namespace mnv4
