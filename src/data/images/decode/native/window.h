// Parts of images.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace mnv4 {

/// Whole pixels of an image: rows top..bottom-1, columns left..right-1.
struct Window {
  int top, left, bottom, right;
  int height() const { return bottom - top; }
  int width() const { return right - left; }
};

/// A part of an image whose edges may lie between pixels.
struct Rectangle {
  double top, left, height, width;
  /// The pixels that it touches, within an image of `rows` x `columns`.
  Window touched(int rows, int columns) const {
    return {int(std::floor(top)), int(std::floor(left)), std::min(rows, int(std::ceil(top + height))),
            std::min(columns, int(std::ceil(left + width)))};
  }
};

/// RGB pixels [height, width, 3] in rows `stride` bytes apart, owned by someone else.
struct Pixels {
  const uint8_t* data;
  int height, width;
  ptrdiff_t stride;
};

/// Memory that a thread keeps for the next image, unless it was unusually large. Beyond its end `slack` bytes may be read.
class Scratch {
 public:
  uint8_t* bytes(size_t size) {
    if (size > size_ || size_ > kept) {
      data_.reset(new uint8_t[size + slack]);
      size_ = size;
    }
    return data_.get();
  }
  static constexpr size_t slack = 64;

 private:
  static constexpr size_t kept = size_t(16) << 20;
  std::unique_ptr<uint8_t[]> data_;
  size_t size_ = 0;
};

}  // namespace mnv4
