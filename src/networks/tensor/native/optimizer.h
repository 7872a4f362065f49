// Updates of weights by their optimizer, in one pass over memory. The arithmetic is that of TensorFlow's ops, operation by
// operation and without fused multiply-adds, so that the bits are theirs, too.
#pragma once
#include <array>
#include <cmath>

#include "vector.h"

namespace mnv4::MNV4_VECTORS {

/// A product that the compiler does not fuse with the addition that follows.
inline Vector unfused(Vector product) {
#if defined(__x86_64__)
  asm("" : "+x"(product));
#elif defined(__aarch64__)
  asm("" : "+w"(product));
#endif
  return product;
}

inline Vector square_root(Vector value) {
#if MNV4_LANES == 16
  return (Vector)_mm512_sqrt_ps((__m512)value);
#elif MNV4_LANES == 8
  return (Vector)_mm256_sqrt_ps((__m256)value);
#else
  for (int i = 0; i < lanes; i++) value[i] = std::sqrt(value[i]);
  return value;
#endif
}

/// Of weights, mean squares and momenta, from gradients.
struct RmsProp {
  float rate, decay, momentum, epsilon;

  void operator()(Vector& w, Vector& square, Vector& moved, Vector g) const {
    square += unfused((unfused(g * g) - square) * splat(1.f - decay));
    moved = unfused(moved * splat(momentum)) + unfused(g * splat(rate)) / square_root(square + splat(epsilon));
    w -= moved;
  }
};

/// Of weights, means and mean squares, from gradients; weights with a mask of 1 shrink first.
struct AdamW {
  float shrink, alpha, beta1, beta2, epsilon;

  void operator()(Vector& w, Vector& mean, Vector& square, Vector g, Vector mask) const {
    w -= unfused(unfused(w * mask) * splat(shrink));
    mean += unfused((g - mean) * splat(1.f - beta1));
    square += unfused((unfused(g * g) - square) * splat(1.f - beta2));
    w -= unfused(mean * splat(alpha)) / (square_root(square) + splat(epsilon));
  }
};

constexpr size_t changed = 3;  // of an update's vectors, the first ones

/// Applies an update to entries `from` to `to` - 1 of vectors.
template <size_t N, typename Update, size_t... I>
void update_entries(const Update& update, const std::array<float*, N>& vectors, size_t from, size_t to,
                    std::index_sequence<I...>) {
  for (size_t i = from; i < to; i += lanes) {
    const size_t count = std::min<size_t>(lanes, to - i);
    Vector values[N] = {};
    for (size_t v = 0; v < N; v++) {
      fetch_ahead(vectors[v] + i);
      if (count == lanes) values[v] = load(vectors[v] + i);
      else std::memcpy(&values[v], vectors[v] + i, count * sizeof(float));
    }
    update(values[I]...);
    for (size_t v = 0; v < changed; v++) {
      if (count == lanes) store(vectors[v] + i, values[v]);
      else std::memcpy(vectors[v] + i, &values[v], count * sizeof(float));
    }
  }
}

}  // namespace mnv4::MNV4_VECTORS
