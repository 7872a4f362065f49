// Vectors of 32-bit sums and the few instructions that resizing needs, as wide as this processor has them.
#pragma once
#ifdef __AVX2__
#include <immintrin.h>
#endif
#include <cstdint>
#include <cstring>

namespace mnv4 {

#if defined(__AVX512BW__)
constexpr int sum_lanes = 16;
#elif defined(__AVX2__)
constexpr int sum_lanes = 8;
#else
constexpr int sum_lanes = 4;
#endif
typedef int32_t Sums __attribute__((vector_size(4 * sum_lanes)));
typedef uint8_t Bytes __attribute__((vector_size(sum_lanes)));

/// The next bytes, one to a lane.
inline Sums widened(const uint8_t* from) {
#if defined(__AVX512BW__)
  return reinterpret_cast<Sums>(_mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from))));
#elif defined(__AVX2__)
  return reinterpret_cast<Sums>(_mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from))));
#else
  Bytes bytes;
  std::memcpy(&bytes, from, sizeof bytes);
  return __builtin_convertvector(bytes, Sums);
#endif
}

/// The lanes, which are not negative, as bytes; larger ones become 255.
inline Bytes narrowed(Sums sums) {
#if defined(__AVX512BW__)
  return reinterpret_cast<Bytes>(_mm512_cvtusepi32_epi8(reinterpret_cast<__m512i>(sums)));
#elif defined(__AVX2__)
  const __m256i words = _mm256_packus_epi32(reinterpret_cast<__m256i>(sums), __m256i{});
  const __m256i bytes = _mm256_packus_epi16(words, __m256i{});  // four to each half
  const __m128i both = _mm_unpacklo_epi32(_mm256_castsi256_si128(bytes), _mm256_extracti128_si256(bytes, 1));
  Bytes result;
  std::memcpy(&result, &both, sizeof result);
  return result;
#else
  return __builtin_convertvector(sums > 255 ? Sums{} + 255 : sums, Bytes);
#endif
}

#ifdef __AVX2__
/// Four pixels of each of `wide_rows` rows, as channel pairs of 16 bits for the multiply-add of neighbours.
constexpr int wide_rows = sum_lanes / 4;

/// 16 bytes of each row.
inline Sums load_rows(const uint8_t* from, ptrdiff_t stride) {
  const auto row = [&](int y) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + y * stride)); };
#ifdef __AVX512BW__
  __m512i rows = _mm512_inserti32x4(_mm512_castsi128_si512(row(0)), row(1), 1);
  rows = _mm512_inserti32x4(_mm512_inserti32x4(rows, row(2), 2), row(3), 3);
#else
  const __m256i rows = _mm256_inserti128_si256(_mm256_castsi128_si256(row(0)), row(1), 1);
#endif
  return reinterpret_cast<Sums>(rows);
}

/// Of each row's bytes RGB RGB, from pixel `first` on: R R, G G, B B, 0 0 in 16 bits.
template <int first>
inline Sums paired(Sums rows) {
  constexpr char z = -1, o = 3 * first;
  const __m128i order = _mm_setr_epi8(o, z, o + 3, z, o + 1, z, o + 4, z, o + 2, z, o + 5, z, z, z, z, z);
#ifdef __AVX512BW__
  return reinterpret_cast<Sums>(_mm512_shuffle_epi8(reinterpret_cast<__m512i>(rows), _mm512_broadcast_i32x4(order)));
#else
  return reinterpret_cast<Sums>(_mm256_shuffle_epi8(reinterpret_cast<__m256i>(rows), _mm256_broadcastsi128_si256(order)));
#endif
}

/// Sums of the products of neighbours in 16 bits.
inline Sums products(Sums pairs, int32_t two_weights) {
#ifdef __AVX512BW__
  return reinterpret_cast<Sums>(_mm512_madd_epi16(reinterpret_cast<__m512i>(pairs), _mm512_set1_epi32(two_weights)));
#else
  return reinterpret_cast<Sums>(_mm256_madd_epi16(reinterpret_cast<__m256i>(pairs), _mm256_set1_epi32(two_weights)));
#endif
}
#endif

}  // namespace mnv4
