#pragma once

namespace mnv4 {

/// Sizes of a convolution; `top` and `left` count its zero padding before the first row and column.
struct Window {
  int stride, top, left;
  int height, width;          // of the input
  int out_height, out_width;  // of the output
};

}  // namespace mnv4
