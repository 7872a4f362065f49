// Products of small matrices that fit into the cache, computed tile by tile in registers.
#pragma once
#include "factors.h"

namespace mnv4::MNV4_VECTORS {

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

#ifdef MNV4_TILES
/// Like `product_strip`, by tile registers; k is a multiple of 16.
template <int V, typename Strip>
inline void tiled_strip(const Pair* a, size_t a_step, int rows, int k, const Pair* b, size_t b_step, float* c, int n,
                        Strip strip) {
  const auto take = [&](int r, int odd) __attribute__((always_inline)) {
    Vector row[V];
    for (int v = 0; v < V; v++) row[v] = load(c + size_t(r) * n + v * lanes);
    if (r == 0) strip.begin(row);
    strip.add(r, odd, row);
  };
  const Tiles tiles(std::min(rows, tile_side));
  for (int done = 0; done < rows; done += 2 * tile_side) {
    const int high = std::max(0, std::min(done, rows - 2 * tile_side));  // the last tiles may overlap the ones before
    const int low = std::max(0, std::min(high + tile_side, rows - tile_side));
    tiles.clear<2, V>();
    tiles.multiply_add<2, V>(a + high * a_step, a + low * a_step, a_step, b, b_step, k);
    tiles.store<2, V>(c + size_t(high) * n, c + size_t(low) * n, n);
    const int end = std::min(done + 2 * tile_side, rows);
    int r = done;
    for (; r + 1 < end; r += 2) take(r, 0), take(r + 1, 1);
    if (r < end) take(r, 0);
  }
  strip.end(rows);
}
#endif

template <int V, typename F, typename Strip>
inline void product_strip(const F* a, size_t a_step, int rows, int k, const F* b, size_t b_step, float* c, int n,
                          Strip strip) {
#ifdef MNV4_TILES
  if constexpr (std::is_same_v<F, Pair>) {
    if (has_tiles()) return tiled_strip<V>(a, a_step, rows, k, b, b_step, c, n, strip);
  }
#endif
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
  OuterProduct(int k, int n) : k_(k), height_(height(k)), columns_(n), tiles_((k + height_ - 1) / height_), sums_(size()) {
    std::fill_n(static_cast<float*>(sums_), size(), 0.f);
  }

  /// Adds the product of the first `count` rows of panels of A and B.
  void add(Panel<F>& left, Panel<F>& right, int count) {
#ifdef MNV4_TILES
    if constexpr (std::is_same_v<F, Pair>) {
      if (has_tiles()) return add_tiled(left, right, count);
    }
#endif
    const F *a = left.down(count), *b = right.down(count);
    const size_t a_step = left.down_step(), b_step = right.down_step();
    const int rows = factors_of<F>(count);
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
        for (int m = 0; m < height_; m++, sums += width) {
          std::memcpy(to + size_t(row(i) + m) * columns_.n + columns_.start(t), sums, 4 * width);
        }
      }
    }
  }

 private:
  /// Rows of a tile.
  static int height(int k) {
#ifdef MNV4_TILES
    if (std::is_same_v<F, Pair> && has_tiles()) return std::min(k, tile_side);
#endif
    return tile_rows;
  }
  int row(int tile) const { return std::min(tile * height_, k_ - height_); }
  size_t size() const { return columns_.stored(tiles_ * height_); }

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

#ifdef MNV4_TILES
  void add_tiled(Panel<F>& left, Panel<F>& right, int count) {
    const F *a = left.turned(count), *b = right.down(count);
    const Tiles tiles(height_);
    float* sums = sums_;
    for (int t = 0; t < columns_.count(); t++) {
      for (int i = 0; i < tiles_;) {
        const bool is_wide = t < columns_.whole, is_last = i + 1 == tiles_;
        const auto add = [&](auto h, auto v) {
          constexpr int H = decltype(h)::value, V = decltype(v)::value, width = V * lanes;
          float* low = sums + (H - 1) * height_ * width;
          tiles.load<H, V>(sums, low, width);
          tiles.multiply_add<H, V>(a + row(i) * left.turned_step(count), a + row(i + H - 1) * left.turned_step(count),
                                   left.turned_step(count), b + columns_.start(t), right.down_step(), factors_of<F>(count));
          tiles.store<H, V>(sums, low, width);
          sums += H * height_ * width;
          i += H;
        };
        constexpr std::integral_constant<int, 1> one;
        constexpr std::integral_constant<int, 2> two;
        if (is_wide) is_last ? add(one, two) : add(two, two);
        else is_last ? add(one, one) : add(two, one);
      }
    }
  }
#endif

  int k_, height_;  // rows of the sum, and of a tile of it
  Columns columns_;
  int tiles_;
  Floats sums_;
};

}  // namespace mnv4::MNV4_VECTORS
