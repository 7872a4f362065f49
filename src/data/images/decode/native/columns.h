// Sums of columns of RGB pixels.
#pragma once
#include <cstdint>
#include <cstring>
#include <vector>
#include "lanes.h"
#include "taps.h"
#include "window.h"

namespace mnv4 {

/// Bytes behind each row of the result of `resize_columns`, which it may overwrite.
constexpr int column_slack = 16;

#ifdef __AVX2__

/// Weights of four pixels, each of 22 bits split into two of 11, so that products of 16 bits give the exact sum.
struct FourWeights {
  int32_t high[2], low[2];  // each holds the weights of two neighbours
};

inline std::vector<FourWeights> weights_by_four(const Taps& taps, int groups) {
  constexpr int bits = weight_bits / 2;
  const size_t count = taps.first.size();
  std::vector<FourWeights> result(count * groups);
  for (size_t i = 0; i < count; i++) {
    for (int k = 0; k < taps.length[i]; k++) {
      FourWeights& four = result[i * groups + k / 4];
      const int32_t weight = taps.of(int(i))[k];
      const int shift = k % 2 * 16;
      four.high[k % 4 / 2] |= weight >> bits << shift;
      four.low[k % 4 / 2] |= (weight & ((1 << bits) - 1)) << shift;
    }
  }
  return result;
}

/// Writes weighted sums of the pixels of `wide_rows` rows.
inline void resize_wide_rows(const uint8_t* rows, ptrdiff_t in_stride, const Taps& columns, const FourWeights* weights,
                             int groups, uint8_t* out, ptrdiff_t stride) {
  for (size_t x = 0; x < columns.first.size(); x++, weights += groups, out += 3) {
    Sums high{}, low = Sums{} + half_weight;
    const uint8_t* from = rows + 3 * columns.first[x];
    for (int g = 0; 4 * g < columns.length[x]; g++, from += 12) {
      const Sums pixels = load_rows(from, in_stride);
      const Sums left = paired<0>(pixels), right = paired<2>(pixels);
      high += products(left, weights[g].high[0]) + products(right, weights[g].high[1]);
      low += products(left, weights[g].low[0]) + products(right, weights[g].low[1]);
    }
    const Bytes bytes = narrowed(((high << (weight_bits / 2)) + low) >> weight_bits);
    for (int y = 0; y < wide_rows; y++) std::memcpy(out + y * stride, reinterpret_cast<const uint8_t*>(&bytes) + 4 * y, 4);
  }
}

#endif

/// Writes weighted sums of the pixels of one row.
inline void resize_row(const uint8_t* row, const Taps& columns, uint8_t* out) {
  typedef int32_t Pixel __attribute__((vector_size(16)));
  typedef uint8_t Quad __attribute__((vector_size(4)));
  for (size_t x = 0; x < columns.first.size(); x++) {
    const int32_t* weights = columns.of(int(x));
    Pixel sums = Pixel{} + half_weight;
    for (int k = 0; k < columns.length[x]; k++) {
      Quad pixel;
      std::memcpy(&pixel, row + 3 * (columns.first[x] + k), sizeof pixel);
      sums += __builtin_convertvector(pixel, Pixel) * weights[k];
    }
    sums >>= weight_bits;
    const Quad pixel = __builtin_convertvector(sums > 255 ? Pixel{} + 255 : sums, Quad);
    std::memcpy(out + 3 * x, &pixel, sizeof pixel);
  }
}

/// Writes weighted sums of each row's pixels, rounded; ties go up.
inline void resize_columns(const Pixels& pixels, const Taps& columns, uint8_t* out, ptrdiff_t stride) {
  int y = 0;
#ifdef __AVX2__
  const int groups = (columns.stride + 3) / 4;
  const std::vector<FourWeights> weights = weights_by_four(columns, groups);
  for (; y + wide_rows <= pixels.height; y += wide_rows) {
    const uint8_t* rows = pixels.data + y * pixels.stride;
    resize_wide_rows(rows, pixels.stride, columns, weights.data(), groups, out + y * stride, stride);
  }
#endif
  for (; y < pixels.height; y++) resize_row(pixels.data + y * pixels.stride, columns, out + y * stride);
}

}  // namespace mnv4
