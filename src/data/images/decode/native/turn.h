// EXIF orientations: where the pixels of the upright image are stored.
#pragma once
#include <cstdint>
#include "window.h"

namespace mnv4 {

/// How a stored image is turned to be upright; `exif` is the value of EXIF's tag 274.
struct Turn {
  explicit Turn(int exif)
      : swaps_axes(exif >= 5),
        from_bottom(exif == 3 || exif == 4 || exif == 6 || exif == 7),
        from_right(exif == 2 || exif == 3 || exif == 7 || exif == 8) {}

  /// The stored pixels of a window of the upright image; `height` and `width` are those of the stored image.
  Window stored(const Window& upright, int height, int width) const {
    Window w = swaps_axes ? Window{upright.left, upright.top, upright.right, upright.bottom} : upright;
    if (from_bottom) w = {height - w.bottom, w.left, height - w.top, w.right};
    if (from_right) w = {w.top, width - w.right, w.bottom, width - w.left};
    return w;
  }

  /// Copies stored RGB pixels, `height` x `width` in rows `stride` bytes apart, to their upright places in `out`.
  void copy(const uint8_t* stored, int height, int width, ptrdiff_t stride, uint8_t* out) const {
    if (from_bottom) stored += (height - 1) * stride;
    if (from_right) stored += 3 * (width - 1);
    const ptrdiff_t to_next_row = from_bottom ? -stride : stride;
    const ptrdiff_t to_next_column = from_right ? -3 : 3;
    const ptrdiff_t down = swaps_axes ? to_next_column : to_next_row;
    const ptrdiff_t right = swaps_axes ? to_next_row : to_next_column;
    const int rows = swaps_axes ? width : height, columns = swaps_axes ? height : width;
    for (int y = 0; y < rows; y++) {
      for (int x = 0; x < columns; x++, out += 3) {
        const uint8_t* pixel = stored + y * down + x * right;
        for (int c = 0; c < 3; c++) out[c] = pixel[c];
      }
    }
  }

  bool swaps_axes, from_bottom, from_right;
};

}  // namespace mnv4
