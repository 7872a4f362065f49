// 1x1 convolution with the batch norms on both its sides, panel by panel of rows that stay in the second-level cache.
#pragma once
#include "batch_norm.h"
#include "matrix.h"
#include "parallel.h"

namespace mnv4 {

/// Rows of a panel: what is read and made of it, `width` floats a row, fills half of a cache of 1 MB.
inline int panel_rows(int width) {
  const int rows = int((size_t(1) << 17) / width) / tile_rows * tile_rows;
  return std::clamp(rows, tile_rows, 256);
}

constexpr int least_rows = 256;  // of a part

/// z [rows, n] = x [rows, k] w [k, n], and its moments.
inline Moments pointwise(const Activated& x, const float* w, int rows, int n, int threads, float* z) {
  const int k = x.channels;
  const Columns columns(n);
  Floats packed(columns.stored(k));
  pack(w, false, k, columns, packed);
  const int panel = panel_rows(2 * k + n);
  const bool streams = size_t(rows) * n * sizeof(float) > streamed_bytes;
  const int parts = parts_of(rows, least_rows);
  std::vector<Moments> moments(parts, Moments(n));
  split(threads, parts, rows, [&](int part, int from, int to) {
    const size_t step = row_step(k);
    Floats left(panel * step), out(size_t(panel) * n);
    for (int first = from; first < to; first += panel) {
      const int count = std::min(panel, to - first);
      copy_rows(x, k, first, count, left, step);
      product(left, step, count, k, packed, columns, out);
      moments[part].add(out, count);
      copy_out(out, size_t(count) * n, z + size_t(first) * n, streams);
    }
    finish_streams();
  });
  for (size_t part = 1; part < moments.size(); part++) moments[0].add(moments[part]);
  return moments[0];
}

/// C [m, n] = A [m, k] B [k, n], of which A, B or both are stored transposed.
inline void matrix_product(const float* a, bool a_transposed, const float* b, bool b_transposed, int m, int k, int n,
                           int threads, float* c) {
  const Columns columns(n);
  Floats packed(columns.stored(k));
  pack(b, b_transposed, k, columns, packed);
  Floats turned(a_transposed ? size_t(m) * k : 0);
  if (a_transposed) transpose(a, k, m, turned);
  const float* rows = a_transposed ? turned : a;
  split(threads, parts_of(m, tile_rows), m, [&](int, int from, int to) {
    product(rows + size_t(from) * k, k, to - from, k, packed, columns, c + size_t(from) * n);
  });
}

/// From dz, `gradient`: dx [rows, k], dw [k, n] and, where x has a norm, the gradients of its gamma and beta.
inline void pointwise_gradient(const Gradient& gradient, const Activated& x, const float* w, int rows, int threads,
                               float* dx, float* dw, float* dgamma, float* dbeta) {
  const int k = x.channels, n = gradient.of().channels;
  const Columns columns(k);
  Floats packed(columns.stored(n));
  pack(w, true, n, columns, packed);
  const int panel = panel_rows(3 * k + 2 * n);
  const bool streams = size_t(rows) * k * sizeof(float) > streamed_bytes;
  // Each part sums dw by itself; all of them together stay below half of what is read.
  const int parts = std::min(parts_of(rows, least_rows), parts_of(int64_t{rows} * (k + n), int64_t{2} * k * n));
  std::vector<std::unique_ptr<OuterProduct>> products(parts);
  std::vector<ParameterSums> sums(parts, ParameterSums(k));
  split(threads, parts, rows, [&](int part, int from, int to) {
    const size_t left_step = row_step(k), dz_step = row_step(n);
    Floats left(panel * left_step), dz(panel * dz_step), out(size_t(panel) * k);
    products[part] = std::make_unique<OuterProduct>(k, n);
    for (int first = from; first < to; first += panel) {
      const int count = std::min(panel, to - first);
      copy_rows(gradient, n, first, count, dz, dz_step);
      copy_rows(x, k, first, count, left, left_step);
      products[part]->add(left, left_step, dz, dz_step, count);
      product(dz, dz_step, count, n, packed, columns, out);
      if (x.norm != nullptr) sums[part].add(x, first, out, count);
      copy_out(out, size_t(count) * k, dx + size_t(first) * k, streams);
    }
    finish_streams();
  });
  for (int part = 1; part < parts; part++) products[0]->add(*products[part]), sums[0].add(sums[part]);
  products[0]->finish(dw);
  if (x.norm != nullptr) sums[0].finish(x, dgamma, dbeta);
}

}  // namespace mnv4
