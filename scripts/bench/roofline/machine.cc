// The roofline of one core of this machine: multiply-adds per second in registers, and bytes per second of maps that
// fit into no cache. Prints JSON.
#include <algorithm>
#include <chrono>
#include <cstdio>

#include "tiles.h"

using namespace mnv4::MNV4_VECTORS;
using Clock = std::chrono::steady_clock;

constexpr int sums = lanes == 16 ? 16 : 10, repeats = 7;  // in registers

/// The shortest time of a few runs, in seconds.
template <typename Work>
double seconds(const Work& work) {
  double best = 1e9;
  for (int i = 0; i < repeats; i++) {
    const auto start = Clock::now();
    work();
    best = std::min(best, std::chrono::duration<double>(Clock::now() - start).count());
  }
  return best;
}

/// Multiply-adds per second of factors.
template <typename F>
double multiply_adds() {
  const int rounds = 1 << 22;
  F factors[2 * lanes] = {};
  const double time = seconds([&] {
    auto a = load_factors(factors);
    const auto b = load_factors(factors + lanes);
    Vector total[sums] = {};
    for (int i = 0; i < rounds; i++) {
#pragma GCC unroll 16
      for (int s = 0; s < sums; s++) {
        add_product(total[s], a, b);
        asm volatile("" : "+x"(a));  // else the product would be computed once
      }
    }
    for (int s = 1; s < sums; s++) total[0] += total[s];
    volatile float used = total[0][0];
    (void)used;
  });
  return double(rounds) * sums * lanes * numbers_in<F> / time;
}

#ifdef MNV4_TILES
/// Multiply-adds per second of pairs in tiles, which are loaded from the first-level cache, as in a product.
double tiled_multiply_adds() {
  const int rounds = 1 << 18, depth = 4 * tile_side;
  Buffer<Pair> a(2 * tile_side * depth), b(depth * 2 * tile_side);
  std::fill_n(static_cast<Pair*>(a), 2 * tile_side * depth, Pair{});
  std::fill_n(static_cast<Pair*>(b), depth * 2 * tile_side, Pair{});
  const double time = seconds([&] {
    const Tiles tiles(tile_side);
    tiles.clear<2, 2>();
    for (int i = 0; i < rounds; i++) tiles.multiply_add<2, 2>(a, a + tile_side * depth, depth, b, 2 * tile_side, depth);
  });
  return double(rounds) * 4 * tile_side * tile_side * depth * numbers_in<Pair> / time;
}
#endif

int main() {
  constexpr size_t floats = size_t(16) << 20;
  Floats map(floats), other(floats);
  for (size_t i = 0; i < floats; i++) map[i] = other[i] = 1;
  Vector sum[4] = {};
  const double read = seconds([&] {
    for (size_t i = 0; i < floats; i += 4 * lanes) {
      for (int v = 0; v < 4; v++) sum[v] += load(map + i + v * lanes);
    }
  });
  const double copy = seconds([&] {
    for (size_t i = 0; i < floats; i += lanes) stream(other + i, load(map + i));
    finish_streams();
  });
  volatile float used = (sum[0] + sum[1] + sum[2] + sum[3])[0];
  (void)used;
  double pairs = multiply_adds<Factor<bfloat16>>();
#ifdef MNV4_TILES
  if (has_tiles()) pairs = tiled_multiply_adds();
#endif
  std::printf("{\"floats\": %g, \"pairs\": %g, \"readBytes\": %g, \"copyBytes\": %g}\n", multiply_adds<float>(), pairs,
              floats * sizeof(float) / read, 2 * floats * sizeof(float) / copy);
}
