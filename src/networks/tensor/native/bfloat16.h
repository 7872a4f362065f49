// bfloat16, the upper half of a float's bits: a number format of feature maps in memory. What is computed with it is
// computed in floats, except products on processors that multiply pairs (AVX512_BF16), whose sums are floats too.
#pragma once
#include <type_traits>

#include "vector.h"

#if defined(__AMX_TILE__) && defined(__AMX_BF16__) && defined(__linux__) && MNV4_LANES == 16
#define MNV4_TILES  // the processor multiplies tiles of pairs of bfloat16 (tiles.h)
#endif
// Vectors of pairs took an Intel Xeon four times as long as vectors of floats (MNV4_INTEL is set-up's).
#if defined(__AVX512BF16__) && (defined(MNV4_TILES) || !defined(MNV4_INTEL))
#define MNV4_PAIRS  // the processor multiplies pairs of bfloat16
#endif

namespace mnv4::MNV4_VECTORS {

struct bfloat16 {
  uint16_t bits;
};

typedef uint16_t Halves __attribute__((vector_size(2 * lanes)));
typedef uint32_t Bits __attribute__((vector_size(4 * lanes)));

inline Bits bits_of(const bfloat16* from) {
  typedef uint16_t Unaligned __attribute__((vector_size(2 * lanes), aligned(2), may_alias));
  return __builtin_convertvector(*reinterpret_cast<const Unaligned*>(from), Bits);
}

inline Vector load(const bfloat16* from) { return (Vector)(bits_of(from) << 16); }

/// The nearest bfloat16 of each value, ties to even.
inline Halves rounded(Vector value) {
#if defined(MNV4_PAIRS) && MNV4_LANES == 16
  return (Halves)_mm512_cvtneps_pbh((__m512)value);
#elif defined(MNV4_PAIRS)
  return (Halves)_mm256_cvtneps_pbh((__m256)value);
#else
  const Bits bits = (Bits)value;
  const Bits nearest = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
  const Bits nan = Bits{} + 0x7fc0;  // rounding could turn one into infinity
  return __builtin_convertvector(value == value ? nearest : nan, Halves);
#endif
}

inline void store(bfloat16* to, Vector value) {
  typedef uint16_t Unaligned __attribute__((vector_size(2 * lanes), aligned(2), may_alias));
  *reinterpret_cast<Unaligned*>(to) = rounded(value);
}

/// Stores past the caches; `to` is aligned.
inline void stream(bfloat16* to, Vector value) {
  const Halves halves = rounded(value);
#if MNV4_LANES == 16
  _mm256_stream_si256(reinterpret_cast<__m256i*>(to), (__m256i)halves);
#elif MNV4_LANES == 8
  _mm_stream_si128(reinterpret_cast<__m128i*>(to), (__m128i)halves);
#else
  store(to, value);
#endif
}

/// Converts one number between the formats.
template <typename To, typename From>
inline To converted(From from) {
  if constexpr (std::is_same_v<To, From>) {
    return from;
  } else if constexpr (std::is_same_v<To, float>) {
    const uint32_t bits = uint32_t(from.bits) << 16;
    float to;
    std::memcpy(&to, &bits, sizeof to);
    return to;
  } else {
    return {rounded(splat(from))[0]};
  }
}

/// Copies n numbers, converted where the formats differ.
template <typename From, typename To>
inline void copy_run(const From* from, size_t n, To* to) {
  if constexpr (std::is_same_v<From, To>) {
    std::memcpy(to, from, n * sizeof(From));
  } else {
    size_t i = 0;
    for (; i + lanes <= n; i += lanes) store(to + i, load(from + i));
    for (; i < n; i++) to[i] = converted<To>(from[i]);
  }
}

/// Copies n floats into a map, past the caches if `streams`.
template <typename T>
inline void copy_out(const float* from, size_t n, T* to, bool streams) {
  size_t i = 0;
  if (streams) {
    for (; i < n && !is_aligned(to + i); i++) to[i] = converted<T>(from[i]);
    for (; i + lanes <= n; i += lanes) stream(to + i, load(from + i));
  }
  copy_run(from + i, n - i, to + i);
}

/// Two numbers that are multiplied at once.
struct Pair {
  bfloat16 first, second;
};

/// The factors that products of a map in the format T are computed with.
#ifdef MNV4_PAIRS
template <typename T>
using Factor = std::conditional_t<std::is_same_v<T, bfloat16>, Pair, float>;
#else
template <typename T>
using Factor = float;
#endif

/// The format of one number of a factor.
template <typename F>
using FormatOf = std::conditional_t<std::is_same_v<F, Pair>, bfloat16, float>;

/// Numbers in a factor.
template <typename F>
constexpr int numbers_in = sizeof(F) / sizeof(FormatOf<F>);

/// Factors along a row of n numbers: whole tiles of pairs where the processor has tiles.
template <typename F>
inline int factors_of(int n) {
#ifdef MNV4_TILES
  if (std::is_same_v<F, Pair>) return (n + 2 * lanes - 1) / (2 * lanes) * lanes;
#endif
  return (n + numbers_in<F> - 1) / numbers_in<F>;
}

inline Vector load_factors(const float* from) { return load(from); }
inline Vector spread(const float* factor) { return splat(*factor); }
inline void add_product(Vector& sum, Vector a, Vector b) { sum += a * b; }

#ifdef MNV4_PAIRS
#if MNV4_LANES == 16
using Pairs = __m512bh;
inline Pairs load_factors(const Pair* from) { return (Pairs)_mm512_loadu_si512(from); }
inline Pairs spread_bits(int bits) { return (Pairs)_mm512_set1_epi32(bits); }
inline void add_product(Vector& sum, Pairs a, Pairs b) { sum = (Vector)_mm512_dpbf16_ps((__m512)sum, a, b); }
#else
using Pairs = __m256bh;
inline Pairs load_factors(const Pair* from) { return (Pairs)_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)); }
inline Pairs spread_bits(int bits) { return (Pairs)_mm256_set1_epi32(bits); }
inline void add_product(Vector& sum, Pairs a, Pairs b) { sum = (Vector)_mm256_dpbf16_ps((__m256)sum, a, b); }
#endif
inline Pairs spread(const Pair* factor) {
  int bits;
  std::memcpy(&bits, factor, sizeof bits);
  return spread_bits(bits);
}
#endif

/// Writes a vector of pairs.
inline void store(Pair* to, Bits pairs) {
  typedef uint32_t Unaligned __attribute__((vector_size(4 * lanes), aligned(2), may_alias));
  *reinterpret_cast<Unaligned*>(to) = pairs;
}

}  // namespace mnv4::MNV4_VECTORS
