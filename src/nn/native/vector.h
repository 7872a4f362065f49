// Sixteen floats at a time. The compiler maps them to whatever registers the processor has.
#pragma once
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <vector>

namespace mnv4 {

constexpr int lanes = 16;
typedef float Vector __attribute__((vector_size(4 * lanes)));
typedef int32_t Mask __attribute__((vector_size(4 * lanes)));  // a lane is all ones or zero

inline Vector load(const float* from) {
  typedef float Unaligned __attribute__((vector_size(4 * lanes), aligned(4), may_alias));
  return *reinterpret_cast<const Unaligned*>(from);
}

inline void store(float* to, Vector value) {
  typedef float Unaligned __attribute__((vector_size(4 * lanes), aligned(4), may_alias));
  *reinterpret_cast<Unaligned*>(to) = value;
}

inline Vector splat(float value) { return value - Vector{}; }

inline Vector where(Mask mask, Vector value) { return mask ? value : Vector{}; }

/// Scratch memory, aligned to cache lines; its end may be read one vector too far.
class Floats {
 public:
  explicit Floats(size_t size) : data_(new (std::align_val_t{64}) float[size + 2 * lanes]) {}
  ~Floats() { operator delete[](data_, std::align_val_t{64}); }
  Floats(const Floats&) = delete;
  Floats& operator=(const Floats&) = delete;
  operator float*() { return data_; }
  operator const float*() const { return data_; }

 private:
  float* data_;
};

/// Where the vectors of a row of n >= 16 floats begin. The last one may overlap the one before: what is computed twice
/// comes out the same, so that no row needs a tail of its own.
struct Groups {
  explicit Groups(int n) : count((n + lanes - 1) / lanes), last(n - lanes) {}
  int start(int group) const { return group + 1 < count ? group * lanes : last; }
  /// How many of a group's first channels the group before it has too.
  int overlap(int group) const { return group + 1 < count ? 0 : count * lanes - last - lanes; }
  const int count;
  const int last;
};

}  // namespace mnv4
