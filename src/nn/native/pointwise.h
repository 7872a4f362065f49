// 1x1 convolution with the batch norms on both its sides, panel by panel of rows that stay in the second-level cache.
#pragma once
#include "batch_norm.h"
#include "matrix.h"
#include "parallel.h"

namespace mnv4 {

/// Rows of a panel: inputs and outputs of `width` floats a row fill half of a cache of 1 MB.
inline int panel_rows(int width) {
  const int rows = int((size_t(1) << 17) / width) / tile_rows * tile_rows;
  return std::clamp(rows, tile_rows, 256);
}

/// z [rows, n] = x [rows, k] w [k, n], and its moments.
inline Moments pointwise(const Activated& x, const float* w, int rows, int n, int threads, float* z) {
  const int k = x.channels;
  const Columns columns(n);
  Floats packed(columns.stored(k));
  pack(w, false, k, columns, packed);
  const int panel = panel_rows(k + n);
  std::vector<Moments> moments(parts_of(threads, rows), Moments(n));
  split(threads, rows, [&](int part, int from, int to) {
    Floats scratch(size_t(panel) * k);
    for (int first = from; first < to; first += panel) {
      const int count = std::min(panel, to - first);
      float* out = z + size_t(first) * n;
      product(x.rows(first, count, scratch), count, k, packed, columns, out);
      moments[part].add(out, count);
    }
  });
  for (size_t part = 1; part < moments.size(); part++) moments[0].add(moments[part]);
  return moments[0];
}

/// From dz, `gradient`: dx [rows, k], dw [k, n] and, where x has a norm, the gradients of its gamma and beta.
inline void pointwise_gradient(const Gradient& gradient, const Activated& x, const float* w, int rows, int threads,
                               float* dx, float* dw, float* dgamma, float* dbeta) {
  const int k = x.channels, n = gradient.of().channels;
  const Columns columns(k);
  Floats packed(columns.stored(n));
  pack(w, true, n, columns, packed);
  const int panel = panel_rows(k + n);
  const int parts = parts_of(threads, rows);
  std::vector<std::unique_ptr<OuterProduct>> products(parts);
  std::vector<ParameterSums> sums(parts, ParameterSums(k));
  split(threads, rows, [&](int part, int from, int to) {
    Floats left(size_t(panel) * k), dz(size_t(panel) * n);
    products[part] = std::make_unique<OuterProduct>(k, n);
    for (int first = from; first < to; first += panel) {
      const int count = std::min(panel, to - first);
      gradient.rows(first, count, dz);
      products[part]->add(x.rows(first, count, left), dz, count);
      float* out = dx + size_t(first) * k;
      product(dz, count, n, packed, columns, out);
      if (x.norm != nullptr) sums[part].add(x, first, out, count);
    }
  });
  for (int part = 1; part < parts; part++) products[0]->add(*products[part]), sums[0].add(sums[part]);
  products[0]->finish(dw);
  if (x.norm != nullptr) sums[0].finish(x, dgamma, dbeta);
}

}  // namespace mnv4
