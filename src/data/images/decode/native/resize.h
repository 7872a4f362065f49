// Antialiased bilinear resizing in integers; src/data/images/augment/antialias.ts computes the same bits.
#pragma once
#include <cstring>
#include <vector>
#include "columns.h"
#include "rows.h"
#include "taps.h"
#include "window.h"

namespace mnv4 {

/// Resizes a rectangle of an image to `height` x `width` pixels in `out`. `pixels` are the image's pixels that the
/// rectangle touches; up to `Scratch::slack` bytes behind them are read. `mirrored` exchanges left and right.
inline void resize(const Pixels& pixels, const Rectangle& rectangle, int height, int width, bool mirrored, uint8_t* out) {
  static thread_local Scratch scratch;
  const double top = rectangle.top - std::floor(rectangle.top), left = rectangle.left - std::floor(rectangle.left);
  const Taps rows(top, rectangle.height, pixels.height, height, false);
  const Taps columns(left, rectangle.width, pixels.width, width, mirrored);
  const int first = rows.first.front(), end = rows.first.back() + rows.length.back();
  const int row_bytes = 3 * width;
  const ptrdiff_t stride = row_bytes + column_slack;
  uint8_t* narrow = scratch.bytes(stride * (end - first));
  resize_columns({pixels.data + first * pixels.stride, end - first, pixels.width, pixels.stride}, columns, narrow, stride);
  for (int y = 0; y < height; y++) {
    const uint8_t* from = narrow + (rows.first[y] - first) * stride;
    weigh_rows(from, stride, rows.length[y], rows.of(y), row_bytes, out + ptrdiff_t(y) * row_bytes);
  }
}

}  // namespace mnv4
