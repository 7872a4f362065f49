// Matrices as factors of products: packed by tiles of columns, or in panels of rows.
#pragma once
#include <algorithm>

#include "tiles.h"

namespace mnv4::MNV4_VECTORS {

// A tile's sums fill most of the vector registers: 16 of the 32 of AVX-512, 12 of 16 elsewhere.
#ifdef __AVX512F__
constexpr int tile_rows = 8, tile_vectors = 2;
#else
constexpr int tile_rows = 6, tile_vectors = 2;
#endif
constexpr int tile_width = tile_vectors * lanes;

/// The n >= `lanes` columns of a matrix, split into tiles; the last tiles may overlap.
struct Columns {
  explicit Columns(int n) : n(n), whole(n / tile_width), narrow((n % tile_width + lanes - 1) / lanes) {}
  int count() const { return whole + narrow; }
  int start(int t) const {
    if (t < whole) return t * tile_width;
    return t + 1 < count() ? whole * tile_width + (t - whole) * lanes : n - lanes;
  }
  /// Number of a tile's first columns that the tile before it also has.
  int overlap(int t) const { return t + 1 < count() ? 0 : whole * tile_width + narrow * lanes - n; }
  /// Offset of a tile's columns in a matrix [k, n] stored tile by tile.
  size_t offset(int t, int k) const {
    return size_t(k) * (std::min(t, whole) * tile_width + std::max(0, t - whole) * lanes);
  }
  size_t stored(int k) const { return offset(count(), k); }
  const int n, whole, narrow;
};

/// Calls use(row, column) for all entries of a matrix, in blocks of one cache line each way, so that neither
/// direction wastes lines.
template <typename Use>
inline __attribute__((always_inline)) void each_by_blocks(int rows, int columns, const Use& use) {
  constexpr int block = 16;
  for (int top = 0; top < rows; top += block) {
    for (int left = 0; left < columns; left += block) {
      for (int r = top; r < std::min(top + block, rows); r++) {
        for (int c = left; c < std::min(left + block, columns); c++) use(r, c);
      }
    }
  }
}

/// The transpose [n, m] of A [m, n].
inline void transpose(const float* a, int m, int n, float* to) {
  each_by_blocks(m, n, [&](int r, int c) { to[size_t(c) * m + r] = a[size_t(r) * n + c]; });
}

/// Rows [n, k] as factors along them, filled up with zeros.
inline void pack_rows(const float* from, int n, int k, float* to) { std::memcpy(to, from, size_t(n) * k * sizeof(float)); }
inline void pack_rows(const float* from, int n, int k, Pair* to) {
  const int depth = factors_of<Pair>(k);
  for (int r = 0; r < n; r++, from += k, to += depth) {
    std::fill(to + k / 2, to + depth, Pair{});
    copy_run(from, k, &to->first);
  }
}

/// A vector of columns as factors down them: one row or two, `step` floats apart, of which the second may be missing.
inline void pack_columns(const float* from, bool, size_t, float* to) { store(to, load(from)); }
inline void pack_columns(const float* from, bool has_second, size_t step, Pair* to) {
  const Vector second = has_second ? load(from + step) : Vector{};
  store(to, __builtin_convertvector(rounded(load(from)), Bits) | __builtin_convertvector(rounded(second), Bits) << 16);
}

/// B [k, n], or its transpose [n, k] when `transposed`, as factors stored tile by tile.
template <typename F>
void pack(const float* b, bool transposed, int k, const Columns& columns, F* to) {
  const int depth = factors_of<F>(k);
  Buffer<F> rows(transposed ? size_t(columns.n) * depth : 0);  // the transpose as factors along its rows
  if (transposed) pack_rows(b, columns.n, k, static_cast<F*>(rows));
  for (int t = 0; t < columns.count(); t++) {
    const int width = t < columns.whole ? tile_width : lanes, first = columns.start(t);
    if (transposed) {
      each_by_blocks(width, depth, [&](int c, int row) { to[size_t(row) * width + c] = rows[size_t(first + c) * depth + row]; });
    } else {
      for (int row = 0; row < k; row += numbers_in<F>) {
        const float* from = b + size_t(row) * columns.n + first;
        for (int c = 0; c < width; c += lanes) pack_columns(from + c, row + 1 < k, columns.n, to + size_t(row / numbers_in<F>) * width + c);
      }
      const int written = (k + numbers_in<F> - 1) / numbers_in<F>;
      std::fill(to + size_t(written) * width, to + size_t(depth) * width, F{});
    }
    to += size_t(depth) * width;
  }
}

/// A panel of rows as factors of products: along its rows, or down its columns.
template <typename F>
class Panel {
 public:
  Panel(int rows, int width) : width_(width), step_(row_step<F>(factors_of<F>(width))), data_(rows * step_), pairs_(size(rows)) {
    std::memset(static_cast<F*>(data_), 0, rows * step_ * sizeof(F));  // a row may end before its factors do
  }

  /// Row r, to be written.
  FormatOf<F>* row(int r) { return reinterpret_cast<FormatOf<F>*>(data_ + r * step_); }
  /// Distance of rows in numbers.
  size_t row_distance() const { return step_ * numbers_in<F>; }

  /// The factors along the rows, `step()` apart.
  const F* along() const { return data_; }
  /// The factors down the columns of the first `rows` rows, `down_step()` apart.
  const F* down(int rows) {
    if constexpr (!std::is_same_v<F, Pair>) {
      return data_;
    } else {
      for (int i = 0; i < factors_of<F>(rows); i++) {
        Pair* to = pairs_ + i * down_step();
        for (int c = 0; c < width_; c += lanes) store(to + c, pairs_at(i, c, rows));
      }
      return pairs_;
    }
  }
#ifdef MNV4_TILES
  /// The transpose of `down`: the factors of each column, `turned_step(rows)` apart.
  const F* turned(int rows) {
    for (int c = 0; c < width_; c += lanes) {
      for (int i = 0; i < factors_of<F>(rows); i += lanes) {
        Bits block[lanes];
        for (int r = 0; r < lanes; r++) block[r] = pairs_at(i + r, c, rows);
        transpose_pairs(block);
        for (int r = 0; r < lanes; r++) store(pairs_ + (c + r) * turned_step(rows) + i, block[r]);
      }
    }
    return pairs_;
  }
  size_t turned_step(int rows) const { return row_step<F>(factors_of<F>(rows)); }
#endif
  size_t step() const { return step_; }
  size_t down_step() const { return std::is_same_v<F, Pair> ? row_step<Pair>(whole_width()) : step_; }

 private:
  /// Pairs of rows 2i and 2i + 1, of which there are `rows`, from column c on.
  Bits pairs_at(int i, int c, int rows) {
    const int r = 2 * i;
    const Bits first = r < rows ? bits_of(row(r) + c) : Bits{}, second = r + 1 < rows ? bits_of(row(r + 1) + c) : Bits{};
    return first | second << 16;
  }
  /// The width in whole vectors.
  int whole_width() const { return (width_ + lanes - 1) / lanes * lanes; }
  size_t size(int rows) const {
    if (!std::is_same_v<F, Pair>) return 0;
#ifdef MNV4_TILES
    if (has_tiles()) return std::max(factors_of<F>(rows) * down_step(), whole_width() * turned_step(rows));
#endif
    return factors_of<F>(rows) * down_step();
  }

  const int width_;
  const size_t step_;
  Buffer<F> data_;
  Buffer<F> pairs_;
};

}  // namespace mnv4::MNV4_VECTORS
