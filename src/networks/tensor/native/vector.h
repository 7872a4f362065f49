// Vectors of as many floats as a register of the processor holds.
#pragma once
#ifdef __AVX__
#include <immintrin.h>
#endif
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <vector>

namespace mnv4 {

#if defined(__AVX512F__)
constexpr int lanes = 16;
#elif defined(__AVX__)
constexpr int lanes = 8;
#else
constexpr int lanes = 4;
#endif
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

/// Stores past the caches, without fetching the line, for values that are not read again soon. `to` is aligned.
inline void stream(float* to, Vector value) {
#if defined(__AVX512F__)
  _mm512_stream_ps(to, reinterpret_cast<__m512&>(value));
#elif defined(__AVX__)
  _mm256_stream_ps(to, reinterpret_cast<__m256&>(value));
#else
  store(to, value);
#endif
}

/// Makes streamed values visible to other threads; call it before they read.
inline void finish_streams() {
#ifdef __AVX__
  _mm_sfence();
#endif
}

/// Larger tensors are streamed: they would evict everything else from the caches (measured with 16 MB of L3 per core).
constexpr size_t streamed_bytes = size_t(6) << 20;

inline bool is_aligned(const float* at) { return reinterpret_cast<uintptr_t>(at) % sizeof(Vector) == 0; }

/// Copies n floats, past the caches if `streams`.
inline void copy_out(const float* from, size_t n, float* to, bool streams) {
  size_t i = 0;
  if (streams) {
    for (; i < n && !is_aligned(to + i); i++) to[i] = from[i];
    for (; i + lanes <= n; i += lanes) stream(to + i, load(from + i));
  }
  std::memcpy(to + i, from + i, (n - i) * sizeof(float));
}

inline Vector splat(float value) { return value - Vector{}; }

/// max(value, 0).
inline Vector positive(Vector value) {
#if defined(__AVX512F__)
  return reinterpret_cast<Vector>(_mm512_max_ps(reinterpret_cast<__m512>(value), _mm512_setzero_ps()));
#elif defined(__AVX__)
  return reinterpret_cast<Vector>(_mm256_max_ps(reinterpret_cast<__m256>(value), _mm256_setzero_ps()));
#else
  return value > Vector{} ? value : Vector{};
#endif
}

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

/// Distance in floats between rows of n: at a power of two all rows would fall into the same few cache sets.
inline size_t row_step(int n) { return n % 64 == 0 ? n + 16 : n; }

/// Starts of the vectors in a row of n >= `lanes` floats. The last one may overlap the one before: values computed
/// twice are equal, so that rows need no special tail.
struct Groups {
  explicit Groups(int n) : count((n + lanes - 1) / lanes), last(n - lanes) {}
  int start(int group) const { return group + 1 < count ? group * lanes : last; }
  /// Calls `use` with each group and its start.
  template <typename Use>
  inline __attribute__((always_inline)) void each(const Use& use) const {
    for (int group = 0; group + 1 < count; group++) use(group, group * lanes);
    use(count - 1, last);
  }
  /// Number of a group's first channels that the group before it also has.
  int overlap(int group) const { return group + 1 < count ? 0 : count * lanes - last - lanes; }
  const int count;
  const int last;
};

}  // namespace mnv4
