// Sums of rows of bytes.
#pragma once
#include <cstdint>
#include <cstring>
#include "lanes.h"
#include "taps.h"

namespace mnv4 {

/// Writes the weighted sums of n bytes in `count` rows, `stride` apart, rounded; ties go up. Up to `sum_lanes` bytes are
/// read behind each row.
inline void weigh_rows(const uint8_t* rows, ptrdiff_t stride, int count, const int32_t* weights, int n, uint8_t* out) {
  for (int x = 0; x < n; x += sum_lanes) {
    Sums sums = Sums{} + half_weight;
    for (int k = 0; k < count; k++) sums += widened(rows + k * stride + x) * weights[k];
    const Bytes bytes = narrowed(sums >> weight_bits);
    if (x + sum_lanes <= n) {
      std::memcpy(out + x, &bytes, sizeof bytes);
    } else {
      std::memcpy(out + x, &bytes, n - x);
    }
  }
}

}  // namespace mnv4
