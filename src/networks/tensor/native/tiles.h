// The tile registers of a processor (Intel AMX): products of 16 rows of 16 pairs of bfloat16 and 16 rows of 16 pairs, whose
// sums are floats.
#pragma once
#include "bfloat16.h"

#ifdef MNV4_TILES
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace mnv4::MNV4_VECTORS {

#ifdef MNV4_TILES

constexpr int tile_side = 16;  // rows of a tile register, and numbers in each of its rows

/// True if this process may use the tile registers, which Linux grants when asked.
inline bool has_tiles() {
  constexpr int request = 0x1023, tile_data = 18;  // ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA
  static const bool granted = syscall(SYS_arch_prctl, request, tile_data) == 0;
  return granted;
}

/// The tile registers in use: sums of H x V tiles, with H and V of 1 or 2. The sums and the left factor have `rows` rows.
class Tiles {
 public:
  explicit Tiles(int rows) {
    Configuration to;
    for (int tile = 0; tile < 8; tile++) to.bytes[tile] = 64, to.rows[tile] = tile < 6 ? rows : tile_side;
    settle(&to);
    _tile_loadconfig(&to);
  }
  ~Tiles() { _tile_release(); }
  Tiles(const Tiles&) = delete;
  Tiles& operator=(const Tiles&) = delete;

  template <int H, int V>
  static void clear() {
    _tile_zero(0);
    if (V == 2) _tile_zero(1);
    if (H == 2) _tile_zero(2);
    if (H == 2 && V == 2) _tile_zero(3);
  }

  /// Loads sums whose rows are `step` floats apart; the second row of tiles begins at `low`.
  template <int H, int V>
  static void load(const float* high, const float* low, size_t step) {
    settle(high);
    _tile_loadd(0, high, 4 * step);
    if (V == 2) _tile_loadd(1, high + tile_side, 4 * step);
    if (H == 2) _tile_loadd(2, low, 4 * step);
    if (H == 2 && V == 2) _tile_loadd(3, low + tile_side, 4 * step);
  }

  template <int H, int V>
  static void store(float* high, float* low, size_t step) {
    _tile_stored(0, high, 4 * step);
    if (V == 2) _tile_stored(1, high + tile_side, 4 * step);
    if (H == 2) _tile_stored(2, low, 4 * step);
    if (H == 2 && V == 2) _tile_stored(3, low + tile_side, 4 * step);
    settle(high);
  }

  /// Adds A B, of k pairs, a multiple of 16, along rows of A and down columns of B; `low` are rows of A for the second row
  /// of tiles.
  template <int H, int V>
  static void multiply_add(const Pair* high, const Pair* low, size_t a_step, const Pair* b, size_t b_step, int k) {
    settle(high);
    for (int i = 0; i < k; i += tile_side, b += tile_side * b_step) {
      _tile_loadd(4, high + i, sizeof(Pair) * a_step);
      _tile_loadd(6, b, sizeof(Pair) * b_step);
      _tile_dpbf16ps(0, 4, 6);
      if (V == 2) {
        _tile_loadd(7, b + tile_side, sizeof(Pair) * b_step);
        _tile_dpbf16ps(1, 4, 7);
      }
      if (H == 2) {
        _tile_loadd(5, low + i, sizeof(Pair) * a_step);
        _tile_dpbf16ps(2, 5, 6);
        if (V == 2) _tile_dpbf16ps(3, 5, 7);
      }
    }
  }

 private:
  struct alignas(64) Configuration {
    uint8_t palette = 1, start = 0, reserved[14] = {};
    uint16_t bytes[16] = {};  // of a row
    uint8_t rows[16] = {};
  };

  /// Has what was stored before in memory, and what is loaded later read from there: compilers do not know what tiles
  /// read and write.
  static void settle(const void* at) { asm volatile("" : : "r"(at) : "memory"); }
};

/// Transposes a matrix of 16 x 16 pairs, a row in each vector, by Eklundh's exchanges of ever larger blocks.
inline void transpose_pairs(Bits (&rows)[lanes]) {
#pragma GCC unroll 4
  for (int block = 1; block < lanes; block *= 2) {
    Bits high, low;
    for (int i = 0; i < lanes; i++) {
      high[i] = i & block ? lanes + i - block : i;
      low[i] = i & block ? lanes + i : i + block;
    }
#pragma GCC unroll 16
    for (int r = 0; r < lanes; r++) {
      if (r & block) continue;
      const __m512i a = (__m512i)rows[r], b = (__m512i)rows[r + block];
      rows[r] = (Bits)_mm512_permutex2var_epi32(a, (__m512i)high, b);
      rows[r + block] = (Bits)_mm512_permutex2var_epi32(a, (__m512i)low, b);
    }
  }
}

#endif

}  // namespace mnv4::MNV4_VECTORS
