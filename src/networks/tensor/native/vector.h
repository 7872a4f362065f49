// Vectors of as many floats as a register of the processor holds; or, where MNV4_NARROW is defined, of 8 floats, for rows
// that are shorter than a register of AVX-512.
#pragma once
#ifdef __AVX__
#include <immintrin.h>
#endif
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <vector>

#if defined(__AVX512F__) && !defined(MNV4_NARROW)
#define MNV4_LANES 16
#elif defined(__AVX__)
#define MNV4_LANES 8
#else
#define MNV4_LANES 4
#endif
#ifdef MNV4_NARROW
#define MNV4_VECTORS narrow
#else
#define MNV4_VECTORS wide
#endif

namespace mnv4::MNV4_VECTORS {

constexpr int lanes = MNV4_LANES;
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
#if MNV4_LANES == 16
  _mm512_stream_ps(to, reinterpret_cast<__m512&>(value));
#elif MNV4_LANES == 8
  _mm256_stream_ps(to, reinterpret_cast<__m256&>(value));
#else
  store(to, value);
#endif
}

/// Fetches what follows `at` by a page into the second-level cache: the processor alone does not run far enough ahead
/// where several vectors or maps are read at once.
template <typename T>
inline void fetch_ahead(const T* at) {
  __builtin_prefetch(reinterpret_cast<const char*>(at) + 4096, 0, 2);
}

/// Makes streamed values visible to other threads; call it before they read.
inline void finish_streams() {
#ifdef __AVX__
  _mm_sfence();
#endif
}

/// Larger tensors are streamed: they would evict everything else from the caches (measured with 16 MB of L3 per core).
constexpr size_t streamed_bytes = size_t(6) << 20;

template <typename T>
inline bool is_aligned(const T* at) {
  return reinterpret_cast<uintptr_t>(at) % (lanes * sizeof(T)) == 0;
}

inline Vector splat(float value) { return value - Vector{}; }

/// max(value, 0).
inline Vector positive(Vector value) {
#if MNV4_LANES == 16
  return reinterpret_cast<Vector>(_mm512_max_ps(reinterpret_cast<__m512>(value), _mm512_setzero_ps()));
#elif MNV4_LANES == 8
  return reinterpret_cast<Vector>(_mm256_max_ps(reinterpret_cast<__m256>(value), _mm256_setzero_ps()));
#else
  return value > Vector{} ? value : Vector{};
#endif
}

inline Vector where(Mask mask, Vector value) { return mask ? value : Vector{}; }

/// Scratch memory, aligned to cache lines; its end may be read one vector too far.
template <typename T>
class Buffer {
 public:
  explicit Buffer(size_t size) : data_(static_cast<T*>(operator new[]((size + 2 * lanes) * sizeof(T), line))) {}
  ~Buffer() { operator delete[](data_, line); }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  operator T*() { return data_; }
  operator const T*() const { return data_; }

 private:
  static constexpr std::align_val_t line{64};
  T* data_;
};
using Floats = Buffer<float>;

/// Distance between rows of n numbers: at a power of two all rows would fall into the same few cache sets.
template <typename T>
inline size_t row_step(int n) {
  return n * sizeof(T) % 256 == 0 ? n + 64 / sizeof(T) : n;
}

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

}  // namespace mnv4::MNV4_VECTORS
