// 1x1 convolution with the batch norms before and after it, in panels of rows that stay in the second-level cache.
#pragma once
#include <type_traits>

#include "batch_norm.h"
#include "matrix.h"
#include "parallel.h"

namespace mnv4::MNV4_VECTORS {

/// Rows of a panel: what is read and written, `bytes` a row, fills half of a 1 MB cache.
inline int panel_rows(size_t bytes) {
  const int rows = int((size_t(1) << 19) / bytes) / tile_rows * tile_rows;
  return std::clamp(rows, tile_rows, 256);
}

constexpr int least_rows = 256;  // per part

/// z [rows, n] = A w [k, n], and its moments. copy(first, count, to, step) writes rows of A [rows, k], `step` numbers
/// apart.
template <typename T, typename Copy>
Moments rows_times(const Copy& copy, const float* w, int rows, int k, int n, int threads, T* z) {
  using F = Factor<T>;
  const Columns columns(n);
  const int depth = factors_of<F>(k);
  Buffer<F> packed(columns.stored(depth));
  pack(w, false, k, columns, static_cast<F*>(packed));
  const int panel = panel_rows(k * (sizeof(T) + sizeof(FormatOf<F>)) + n * sizeof(float));
  const bool streams = size_t(rows) * n * sizeof(T) > streamed_bytes;
  const int parts = parts_of(rows, least_rows);
  std::vector<Moments> moments(parts, Moments(n));
  split(threads, parts, rows, [&](int part, int from, int to) {
    Panel<F> left(panel, k);
    Floats out(size_t(panel) * n);
    for (int first = from; first < to; first += panel) {
      const int count = std::min(panel, to - first);
      copy(first, count, left.row(0), left.row_distance());
      product(left.along(), left.step(), count, depth, static_cast<const F*>(packed), columns, out,
              Moments::OfRows{moments[part]});
      moments[part].counted(count);
      copy_out(out, size_t(count) * n, z + size_t(first) * n, streams);
    }
    finish_streams();
  });
  for (size_t part = 1; part < moments.size(); part++) moments[0].add(moments[part]);
  return moments[0];
}

/// The backward pass of `rows_times` from dz (`gradient`): dw [k, n], and the gradients of A's rows, of which
/// sums(part, first) are taken and which are handed to put(part, first, count, rows), unless that is null. The parts, at most `most_parts`, consist of whole units of
/// `unit_rows` rows.
template <typename T, typename Copy, typename Sums, typename Put>
void rows_gradient(const Gradient<T>& gradient, const Copy& copy, const Sums& sums, const Put& put, const float* w, int units, int unit_rows,
                   int k, int threads, float* dw) {
  using F = Factor<T>;
  const int n = gradient.of().channels, depth = factors_of<F>(n);
  constexpr bool goes_back = !std::is_null_pointer_v<Put>;
  const Columns columns(goes_back ? k : lanes);
  Buffer<F> packed(goes_back ? columns.stored(depth) : 0);
  if constexpr (goes_back) pack(w, true, n, columns, static_cast<F*>(packed));
  const int panel = panel_rows(k * (sizeof(T) + sizeof(FormatOf<F>) + sizeof(float)) + n * (sizeof(T) + sizeof(FormatOf<F>)));
  // Each part has its own sum of dw; together these take at most half of the memory that is read.
  const int64_t rows = int64_t{units} * unit_rows;
  const int parts = std::min({parts_of(rows, least_rows), parts_of(rows * (k + n), int64_t{2} * k * n), units});
  std::vector<std::unique_ptr<OuterProduct<F>>> products(parts);
  split(threads, parts, units, [&](int part, int from, int to) {
    Panel<F> left(panel, k), dz(panel, n);
    Floats out(goes_back ? size_t(panel) * k : 0);
    products[part] = std::make_unique<OuterProduct<F>>(k, n);
    for (int first = from * unit_rows; first < to * unit_rows; first += panel) {
      const int count = std::min(panel, to * unit_rows - first);
      copy_rows(gradient, n, first, count, dz.row(0), dz.row_distance());
      copy(first, count, left.row(0), left.row_distance());
      products[part]->add(left, dz, count);
      if constexpr (goes_back) {
        product(dz.along(), dz.step(), count, depth, static_cast<const F*>(packed), columns, out, sums(part, first));
        put(part, first, count, static_cast<const float*>(out));
      }
    }
    finish_streams();
  });
  for (int part = 1; part < parts; part++) products[0]->add(*products[part]);
  products[0]->finish(dw);
}

/// z [rows, n] = x [rows, k] w [k, n], and its moments.
template <typename T>
Moments pointwise(const Activated<T>& x, const float* w, int rows, int n, int threads, T* z) {
  const int k = x.channels;
  const auto copy = [&](int first, int count, auto* to, size_t step) { copy_rows(x, k, first, count, to, step); };
  return rows_times(copy, w, rows, k, n, threads, z);
}

constexpr int few_rows = 64;  // for which packing the other matrix takes longer than it gains

/// C [m, n] = A [m, k] B [k, n]; A, B or both may be stored transposed.
inline void matrix_product(const float* a, bool a_transposed, const float* b, bool b_transposed, int m, int k, int n,
                           int threads, float* c) {
  const Columns columns(n);
  const bool packs = b_transposed || m > few_rows;
  Floats packed(packs ? columns.stored(k) : 0);
  if (packs) pack(b, b_transposed, k, columns, static_cast<float*>(packed));
  Floats turned(a_transposed ? size_t(m) * k : 0);
  if (a_transposed) transpose(a, k, m, turned);
  const float* rows = a_transposed ? static_cast<const float*>(turned) : a;
  split(threads, parts_of(m, tile_rows), m, [&](int, int from, int to) {
    product(rows + size_t(from) * k, k, to - from, k, packs ? static_cast<const float*>(packed) : b, columns, c + size_t(from) * n,
            NoSums{}, packs ? 0 : n);
  });
}

/// Computes from dz (`gradient`) dx [rows, k], dw [k, n] and, if x has a norm, the gradients of its gamma and beta.
template <typename T>
void pointwise_gradient(const Gradient<T>& gradient, const Activated<T>& x, const float* w, int rows, int threads, T* dx,
                        float* dw, float* dgamma, float* dbeta) {
  const int k = x.channels;
  const bool streams = size_t(rows) * k * sizeof(T) > streamed_bytes;
  std::vector<ParameterSums> sums(most_parts, ParameterSums(k));
  const auto copy = [&](int first, int count, auto* to, size_t step) { copy_rows(x, k, first, count, to, step); };
  const auto put = [&](int, int first, int count, const float* out) {
    copy_out(out, size_t(count) * k, dx + size_t(first) * k, streams);
  };
  const auto none = [](int, int) { return NoSums{}; };
  const auto taken = [&](int part, int first) { return ParameterSums::OfRows<T>{sums[part], x, first}; };
  if (x.norm == nullptr) return rows_gradient(gradient, copy, none, put, w, rows, 1, k, threads, dw);
  rows_gradient(gradient, copy, taken, put, w, rows, 1, k, threads, dw);
  for (int part = 1; part < most_parts; part++) sums[0].add(sums[part]);
  sums[0].finish(x, dgamma, dbeta);
}

}  // namespace mnv4::MNV4_VECTORS
