// Products of small matrices that fit into the cache, computed tile by tile in registers.
#pragma once
#include <algorithm>

#include "bfloat16.h"

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

/// Rows [n, k] as factors along them; a row's last pair is filled with a zero.
inline void pack_rows(const float* from, int n, int k, float* to) { std::memcpy(to, from, size_t(n) * k * sizeof(float)); }
inline void pack_rows(const float* from, int n, int k, Pair* to) {
  const int depth = factors_of<Pair>(k);
  for (int r = 0; r < n; r++, from += k, to += depth) {
    to[depth - 1].second = {};
    copy_run(from, k, &to->first);
  }
}

/// A vector of columns as factors down them: one row or two, `step` floats apart, of which the second may be missing.
inline void pack_columns(const float* from, bool, size_t, float* to) { store(to, load(from)); }
inline void pack_columns(const float* from, bool has_second, size_t step, Pair* to) {
  const Vector second = has_second ? load(from + step) : Vector{};
  store_pairs(to, __builtin_convertvector(rounded(load(from)), Bits), __builtin_convertvector(rounded(second), Bits));
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
    }
    to += size_t(depth) * width;
  }
}

/// sums[i][v] += sum over k of a[i * row_step + k * step] * b[k][v]
template <int M, int V, typename F>
inline __attribute__((always_inline)) void multiply_add(const F* a, size_t row_step, size_t step, const F* b,
                                                        size_t b_step, int k, Vector (&sums)[M][V]) {
  for (int i = 0; i < k; i++, a += step, b += b_step) {
    decltype(load_factors(b)) column[V];
#pragma GCC unroll 4
    for (int v = 0; v < V; v++) column[v] = load_factors(b + v * lanes);
#pragma GCC unroll 8
    for (int m = 0; m < M; m++) {
      const auto value = spread(a + m * row_step);
#pragma GCC unroll 4
      for (int v = 0; v < V; v++) add_product(sums[m][v], value, column[v]);
    }
  }
}

/// Sums over the rows of a product, taken while its tiles are in registers; this takes none.
struct NoSums {
  template <int V>
  struct Strip {
    /// Called with the first row before its `add`.
    void begin(const Vector (&)[V]) {}
    /// Adds row r of an even number (0) or an odd one (1).
    void add(int /* r */, int /* odd */, const Vector (&)[V]) {}
    /// Exchanges the sums of even and odd rows, which are added last.
    void exchange() {}
    void end(int /* rows */) {}
  };
  /// The sums of V vectors of columns from `column` on, of which the first `skip` columns are others' already.
  template <int V>
  Strip<V> strip(int /* column */, int /* skip */) const { return {}; }
};

/// Rows of C and columns of a tile: C [M, V] = A B, stored and handed to `strip` from row `from` on.
template <int M, int V, typename F, typename Strip>
inline __attribute__((always_inline)) void product_tile(const F* a, size_t a_step, int k, const F* b, size_t b_step, float* c,
                                                        int n, int r, int from, Strip& strip) {
  Vector sums[M][V] = {};
  multiply_add<M, V>(a + r * a_step, a_step, 1, b, b_step, k, sums);
#pragma GCC unroll 8
  for (int m = 0; m < M; m++) {
#pragma GCC unroll 4
    for (int v = 0; v < V; v++) store(c + size_t(r + m) * n + v * lanes, sums[m][v]);
  }
  if (r == 0) strip.begin(sums[0]);
  if (r & 1) strip.exchange();
#pragma GCC unroll 8
  for (int m = 0; m < M; m++) {
    if (m >= from) strip.add(r + m, m & 1, sums[m]);
  }
  if (r & 1) strip.exchange();
}

template <int V, typename F, typename Strip>
inline void product_strip(const F* a, size_t a_step, int rows, int k, const F* b, size_t b_step, float* c, int n,
                          Strip strip) {
  if (rows < tile_rows) {
    for (int r = 0; r < rows; r++) product_tile<1, V>(a, a_step, k, b, b_step, c, n, r, 0, strip);
  } else {
    for (int done = 0; done < rows; done += tile_rows) {
      const int r = std::min(done, rows - tile_rows);
      product_tile<tile_rows, V>(a, a_step, k, b, b_step, c, n, r, done - r, strip);
    }
  }
  strip.end(rows);
}

/// C [rows, n] = A B, of k factors along the rows of A and the columns of B, which is packed or, if `b_step` is given,
/// has rows that are so many factors apart; rows of A are `a_step` factors apart. `sums` are taken of the rows of C.
template <typename F, typename Sums = NoSums>
inline void product(const F* a, size_t a_step, int rows, int k, const F* b, const Columns& columns, float* c,
                    const Sums& sums = {}, size_t b_step = 0) {
  for (int t = 0; t < columns.count(); t++) {
    const int first = columns.start(t);
    const F* tile = b_step == 0 ? b + columns.offset(t, k) : b + first;
    const auto step = [=](int vectors) { return b_step == 0 ? size_t(vectors) * lanes : b_step; };
    if (t < columns.whole) {
      const auto strip = sums.template strip<tile_vectors>(first, 0);
      product_strip<tile_vectors>(a, a_step, rows, k, tile, step(tile_vectors), c + first, columns.n, strip);
    } else {
      const auto strip = sums.template strip<1>(first, columns.overlap(t));
      product_strip<1>(a, a_step, rows, k, tile, step(1), c + first, columns.n, strip);
    }
  }
}

/// The sum of products Aᵀ B over panels of rows, A [rows, k] and B [rows, n]; k and n are at least `lanes`.
template <typename F>
class OuterProduct {
 public:
  OuterProduct(int k, int n) : k_(k), columns_(n), tiles_((k + tile_rows - 1) / tile_rows), sums_(size()) {
    std::fill_n(static_cast<float*>(sums_), size(), 0.f);
  }

  /// Adds a panel whose columns hold `rows` factors; rows of A and B are `a_step` and `b_step` factors apart.
  void add(const F* a, size_t a_step, const F* b, size_t b_step, int rows) {
    float* sums = sums_;
    for (int t = 0; t < columns_.count(); t++) {
      for (int i = 0; i < tiles_; i++) {
        const F* left = a + row(i);
        const F* right = b + columns_.start(t);
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
  float* add_tile(const F* a, size_t a_step, const F* b, size_t b_step, int rows, float* sums) const {
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

/// A panel of rows as factors of products: along its rows, or down its columns.
template <typename F>
class Panel {
 public:
  Panel(int rows, int width) : width_(width), step_(row_step<F>(factors_of<F>(width))), data_(rows * step_), pairs_(size(rows)) {
    std::memset(static_cast<F*>(data_), 0, rows * step_ * sizeof(F));  // a row's last pair may be half empty
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
      for (int r = 0; r < rows; r += 2) {
        Pair* to = pairs_ + r / 2 * down_step();
        const bfloat16 *first = row(r), *second = row(r + 1);
        for (int c = 0; c < width_; c += lanes) {  // writes too far, where the next row follows
          store_pairs(to + c, bits_of(first + c), r + 1 < rows ? bits_of(second + c) : Bits{});
        }
      }
      return pairs_;
    }
  }
  size_t step() const { return step_; }
  size_t down_step() const { return std::is_same_v<F, Pair> ? row_step<Pair>(width_) : step_; }

 private:
  size_t size(int rows) const { return std::is_same_v<F, Pair> ? (rows + 1) / 2 * down_step() : 0; }

  const int width_;
  const size_t step_;
  Buffer<F> data_;
  Buffer<F> pairs_;
};

}  // namespace mnv4::MNV4_VECTORS
