// Products of small matrices that fit into the cache, computed tile by tile in registers.
#pragma once
#include <algorithm>

#include "vector.h"

namespace mnv4 {

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

/// B [k, n], or its transpose [n, k] when `transposed`, stored tile by tile.
inline void pack(const float* b, bool transposed, int k, const Columns& columns, float* to) {
  for (int t = 0; t < columns.count(); t++) {
    const int width = t < columns.whole ? tile_width : lanes, first = columns.start(t);
    if (transposed) {
      each_by_blocks(width, k, [&](int c, int row) { to[size_t(row) * width + c] = b[size_t(first + c) * k + row]; });
    } else {
      for (int row = 0; row < k; row++) {
        const float* from = b + size_t(row) * columns.n + first;
        for (int c = 0; c < width; c += lanes) store(to + size_t(row) * width + c, load(from + c));
      }
    }
    to += size_t(k) * width;
  }
}

/// sums[i][v] += sum over k of a[i * row_step + k * step] * b[k][v]
template <int M, int V>
inline __attribute__((always_inline)) void multiply_add(const float* a, size_t row_step, size_t step, const float* b,
                                                        size_t b_step, int k, Vector (&sums)[M][V]) {
  for (int i = 0; i < k; i++, a += step, b += b_step) {
    Vector column[V];
#pragma GCC unroll 4
    for (int v = 0; v < V; v++) column[v] = load(b + v * lanes);
#pragma GCC unroll 8
    for (int m = 0; m < M; m++) {
      const Vector value = splat(a[m * row_step]);
#pragma GCC unroll 4
      for (int v = 0; v < V; v++) sums[m][v] += value * column[v];
    }
  }
}

template <int M, int V>
inline void product_tile(const float* a, size_t a_step, int k, const float* b, float* c, int n) {
  Vector sums[M][V] = {};
  multiply_add<M, V>(a, a_step, 1, b, V * lanes, k, sums);
#pragma GCC unroll 8
  for (int m = 0; m < M; m++) {
#pragma GCC unroll 4
    for (int v = 0; v < V; v++) store(c + size_t(m) * n + v * lanes, sums[m][v]);
  }
}

template <int V>
inline void product_strip(const float* a, size_t a_step, int rows, int k, const float* b, float* c, int n) {
  if (rows < tile_rows) {
    for (int r = 0; r < rows; r++) product_tile<1, V>(a + r * a_step, a_step, k, b, c + size_t(r) * n, n);
    return;
  }
  for (int done = 0; done < rows; done += tile_rows) {
    const int r = std::min(done, rows - tile_rows);
    product_tile<tile_rows, V>(a + r * a_step, a_step, k, b, c + size_t(r) * n, n);
  }
}

/// C [rows, n] = A [rows, k] B, with B packed; rows of A are `a_step` floats apart.
inline void product(const float* a, size_t a_step, int rows, int k, const float* b, const Columns& columns, float* c) {
  for (int t = 0; t < columns.count(); t++) {
    const float* tile = b + columns.offset(t, k);
    if (t < columns.whole) {
      product_strip<tile_vectors>(a, a_step, rows, k, tile, c + columns.start(t), columns.n);
    } else {
      product_strip<1>(a, a_step, rows, k, tile, c + columns.start(t), columns.n);
    }
  }
}

/// The sum of products Aᵀ B over panels of rows, A [rows, k] and B [rows, n]; k and n are at least `lanes`.
class OuterProduct {
 public:
  OuterProduct(int k, int n) : k_(k), columns_(n), tiles_((k + tile_rows - 1) / tile_rows), sums_(size()) {
    std::fill_n(static_cast<float*>(sums_), size(), 0.f);
  }

  /// Adds a panel; rows of A and B are `a_step` and `b_step` floats apart.
  void add(const float* a, size_t a_step, const float* b, size_t b_step, int rows) {
    float* sums = sums_;
    for (int t = 0; t < columns_.count(); t++) {
      for (int i = 0; i < tiles_; i++) {
        const float* left = a + row(i);
        const float* right = b + columns_.start(t);
        if (t < columns_.whole) sums = add_tile<tile_vectors>(left, a_step, right, b_step, rows, sums);
        else sums = add_tile<1>(left, a_step, right, b_step, rows, sums);
      }
    }
  }

  void add(const OuterProduct& other) {
    for (size_t i = 0; i < size(); i++) sums_[i] += other.sums_[i];
  }

  /// Writes the sum, [k, n].
  void finish(float* to) const {
    const float* sums = sums_;
    for (int t = 0; t < columns_.count(); t++) {
      const int width = t < columns_.whole ? tile_width : lanes;
      for (int i = 0; i < tiles_; i++) {
        for (int m = 0; m < tile_rows; m++, sums += width) {
          std::memcpy(to + size_t(row(i) + m) * columns_.n + columns_.start(t), sums, 4 * width);
        }
      }
    }
  }

 private:
  int row(int tile) const { return std::min(tile * tile_rows, k_ - tile_rows); }
  size_t size() const { return columns_.stored(tiles_ * tile_rows); }

  template <int V>
  float* add_tile(const float* a, size_t a_step, const float* b, size_t b_step, int rows, float* sums) const {
    Vector tile[tile_rows][V];
#pragma GCC unroll 8
    for (int m = 0; m < tile_rows; m++) {
#pragma GCC unroll 4
      for (int v = 0; v < V; v++) tile[m][v] = load(sums + (m * V + v) * lanes);
    }
    multiply_add<tile_rows, V>(a, 1, a_step, b, b_step, rows, tile);
#pragma GCC unroll 8
    for (int m = 0; m < tile_rows; m++) {
#pragma GCC unroll 4
      for (int v = 0; v < V; v++) store(sums + (m * V + v) * lanes, tile[m][v]);
    }
    return sums + tile_rows * V * lanes;
  }

  int k_;
  Columns columns_;
  int tiles_;
  Floats sums_;
};

}  // namespace mnv4
