// As many floats at a time as a register of the processor holds.
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

/// Stores past the caches, for what will not be read again soon: the line is not fetched first. `to` is aligned.
inline void stream(float* to, Vector value) {
#if defined(__AVX512F__)
  _mm512_stream_ps(to, reinterpret_cast<__m512&>(value));
#elif defined(__AVX__)
  _mm256_stream_ps(to, reinterpret_cast<__m256&>(value));
#else
  store(to, value);
#endif
}

/// Before anyone else reads what was streamed.
inline void finish_streams() {
#ifdef __AVX__
  _mm_sfence();
#endif
}

/// Tensors of more bytes are streamed: they would push everything else out of the caches (measured, 16 MB of L3 a core).
constexpr size_t streamed_bytes = size_t(6) << 20;

inline bool is_aligned(const float* at) { return reinterpret_cast<uintptr_t>(at) % sizeof(Vector) == 0; }

/// Copies n floats, past the caches where `streams`.
inline void copy_out(const float* from, size_t n, float* to, bool streams) {
  size_t i = 0;
  if (streams) {
    for (; i < n && !is_aligned(to + i); i++) to[i] = from[i];
    for (; i + lanes <= n; i += lanes) stream(to + i, load(from + i));
  }
  std::memcpy(to + i, from + i, (n - i) * sizeof(float));
}

inline Vector splat(float value) { return value - Vector{}; }

/// Each value, or zero where it is not above.
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

/// Floats from a row of n of them to the next: at a power of two all rows would fall into the same few sets of a cache.
inline size_t row_step(int n) { return n % 64 == 0 ? n + 16 : n; }

/// Where the vectors of a row of n >= `lanes` floats begin. The last one may overlap the one before: what is computed twice
/// comes out the same, so that no row needs a tail of its own.
struct Groups {
  explicit Groups(int n) : count((n + lanes - 1) / lanes), last(n - lanes) {}
  int start(int group) const { return group + 1 < count ? group * lanes : last; }
  /// Calls `use` with each group and its start.
  template <typename Use>
  inline __attribute__((always_inline)) void each(const Use& use) const {
    for (int group = 0; group + 1 < count; group++) use(group, group * lanes);
    use(count - 1, last);
  }
  /// How many of a group's first channels the group before it has too.
  int overlap(int group) const { return group + 1 < count ? 0 : count * lanes - last - lanes; }
  const int count;
  const int last;
};

}  // namespace mnv4
