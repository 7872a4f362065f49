// Weights in one flat vector; of each, a pass may use only the first entries along every axis.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace mnv4 {

/// A weight's offset in the flat vector, its whole shape, and the shape in use.
class Place {
 public:
  /// @param numbers  offset, axes, whole extents, extents in use
  explicit Place(const int32_t* numbers)
      : offset_(numbers[0]), axes_(numbers[1]), whole_(numbers + 2), used_(whole_ + axes_) {}

  /// Count of the numbers that describe it.
  int numbers() const { return 2 + 2 * axes_; }

  size_t size() const { return product(used_, 0); }
  size_t offset() const { return offset_; }
  /// True if the part in use is contiguous: whole along every axis but the first.
  bool is_one_run() const {
    for (int i = 1; i < axes_; i++) {
      if (used_[i] != whole_[i]) return false;
    }
    return true;
  }

  /// Calls use(at, from, n) for each run of n contiguous entries: at `at` in the flat vector, at `from` in the part in
  /// use.
  template <typename Use>
  void each_run(const Use& use) const {
    int axis = axes_;  // axes from here on are whole
    while (axis > 0 && used_[axis - 1] == whole_[axis - 1]) axis--;
    const size_t n = axis == 0 ? product(used_, 0) : used_[axis - 1] * product(used_, axis);
    for (size_t from = 0; from < size(); from += n) {
      size_t at = 0, rest = from, inner = 1;
      for (int i = axes_ - 1; i >= 0; i--) {
        at += rest % used_[i] * inner;
        rest /= used_[i];
        inner *= whole_[i];
      }
      use(offset_ + at, from, n);
    }
  }

 private:
  size_t product(const int32_t* extents, int from) const {
    size_t product = 1;
    for (int i = from; i < axes_; i++) product *= extents[i];
    return product;
  }

  size_t offset_;
  int axes_;
  const int32_t *whole_, *used_;
};

}  // namespace mnv4
