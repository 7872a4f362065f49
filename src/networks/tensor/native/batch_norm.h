// Batch norm whose output is never written to memory: a layer writes its linear output z and a norm per channel, and
// the readers of z apply the norm as they load it. Ioffe and Szegedy 2015, arXiv:1502.03167; the batch's biased
// variance.
#pragma once
#include <cmath>
#include <utility>

#include "bfloat16.h"

namespace mnv4::MNV4_VECTORS {

/// Rows of a norm, [4, C]: y = scale z + shift with scale = gamma rstd and shift = beta - mean scale.
enum NormRow { kMean, kRstd, kScale, kShift, kNormRows };

/// The norm of a vector of channels, in registers, and the ReLU after it.
struct VectorNorm {
  Vector scale, shift;
  bool relu;
  Vector operator()(Vector z) const {
    const Vector y = z * scale + shift;
    return relu ? positive(y) : y;
  }
  /// Mask of the values where a gradient passes the ReLU.
  Mask passes(Vector z) const { return z * scale + shift > Vector{}; }
};

/// A view of a layer's output: z of C channels, and the norm and ReLU after it; without a norm, z itself.
template <typename T>
struct Activated {
  const T* z;
  const float* norm;  // null: none
  bool relu;
  int channels;

  const float* row(NormRow which) const { return norm + which * channels; }
  /// The norm of the channels from `c` on.
  VectorNorm strip(int c) const { return {load(row(kScale) + c), load(row(kShift) + c), relu}; }

  /// Calls use(row, group of channels, normalised values) for `count` rows from `first` on, in memory order.
  template <typename Use>
  inline __attribute__((always_inline)) void each(int first, int count, const Use& use) const {
    const Groups groups(channels);
    const auto rows = [&](const auto& settle) __attribute__((always_inline)) {
      const T* from = z + size_t(first) * channels;
      for (int r = 0; r < count; r++, from += channels) {
        groups.each([&](int g, int c) __attribute__((always_inline)) {
          fetch_ahead(from + c);
          use(r, g, settle(c, load(from + c)));
        });
      }
    };
    if (norm == nullptr) return rows([](int, Vector z) { return z; });
    const float *scale = row(kScale), *shift = row(kShift);
    const auto normalised = [=](int c, Vector z) { return z * load(scale + c) + load(shift + c); };
    if (!relu) return rows(normalised);
    rows([=](int c, Vector z) { return positive(normalised(c, z)); });
  }

  /// Calls use(i, normalised values) for the channels from c on of `count` rows from `first` on.
  template <typename Use>
  inline __attribute__((always_inline)) void each_of(int c, int first, int count, const Use& use) const {
    const auto rows = [&](const auto& settle) __attribute__((always_inline)) {
      const T* from = z + size_t(first) * channels + c;
      for (int i = 0; i < count; i++, from += channels) use(i, settle(load(from)));
    };
    if (norm == nullptr) return rows([](Vector z) { return z; });
    const VectorNorm by = strip(c);
    if (!relu) return rows([&](Vector z) { return z * by.scale + by.shift; });
    rows([&](Vector z) { return positive(z * by.scale + by.shift); });
  }
};

/// Count, mean and sum of squared deviations per channel; partial results are merged as in Chan, Golub and LeVeque
/// 1983.
class Moments {
 public:
  explicit Moments(int channels) : mean_(channels), square_(channels), channels_(channels) {}

  /// Takes rows as they come, V vectors of channels from c on, except the first `skip` channels. Sums of even and odd
  /// rows are apart, so that an addition need not wait for the one before. Call `counted` when all channels are done.
  template <int V>
  class Strip {
   public:
    Strip(Moments& to, int c, int skip) : to_(to), c_(c), skip_(skip) {}
    void begin(const Vector (&z)[V]) {
      for (int v = 0; v < V; v++) origin_[v] = z[v];
    }
    void add(int, int odd, const Vector (&z)[V]) {
      for (int v = 0; v < V; v++) {
        const Vector d = z[v] - origin_[v];
        sum_[odd][v] += d;
        squares_[odd][v] += d * d;
      }
    }
    void exchange() { std::swap(sum_[0], sum_[1]), std::swap(squares_[0], squares_[1]); }
    void end(int rows) {
      for (int v = 0; v < V; v++) {
        to_.join(c_ + v * lanes, skip_, rows, origin_[v], sum_[0][v] + sum_[1][v], squares_[0][v] + squares_[1][v]);
      }
    }

   private:
    Moments& to_;
    const int c_, skip_;
    Vector origin_[V] = {}, sum_[2][V] = {}, squares_[2][V] = {};
  };

  /// The moments of a product's rows (matrix.h).
  struct OfRows {
    template <int V>
    Strip<V> strip(int c, int skip) const { return {to, c, skip}; }
    Moments& to;
  };

  /// Adds rows [count, C].
  template <typename T>
  void add(const T* z, int count) {
    const Groups groups(channels_);
    for (int g = 0; g < groups.count; g++) {
      Strip<1> strip(*this, groups.start(g), groups.overlap(g));
      for (int r = 0; r < count; r++) {
        const Vector row[1] = {load(z + size_t(r) * channels_ + groups.start(g))};
        if (r == 0) strip.begin(row);
        strip.add(r, r & 1, row);
      }
      strip.end(count);
    }
    counted(count);
  }

  void add(const Moments& other) {
    const double share = other.count_ / (count_ + other.count_);
    for (int c = 0; c < channels_; c++) join_one(c, share, other.mean_[c], other.square_[c]);
    counted(other.count_);
  }

  /// Writes the norm [4, C] of the rows added.
  void finish(const float* gamma, const float* beta, float epsilon, float* norm) const {
    for (int c = 0; c < channels_; c++) {
      const double variance = std::max(0.0, square_[c] / count_);
      const float rstd = float(1 / std::sqrt(variance + epsilon)), scale = gamma[c] * rstd;
      norm[kMean * channels_ + c] = float(mean_[c]);
      norm[kRstd * channels_ + c] = rstd;
      norm[kScale * channels_ + c] = scale;
      norm[kShift * channels_ + c] = float(beta[c] - mean_[c] * scale);
    }
  }

  /// Adds n values of each channel in a vector from c on, except its first `skip` channels, as sums of z - origin and
  /// of its square. Call `counted` when all channels are done.
  void join(int c, int skip, double n, Vector origin, Vector sum, Vector squares) {
    const double share = n / (count_ + n);
    for (int i = skip; i < lanes; i++) {
      const double offset = double(sum[i]) / n;
      join_one(c + i, share, origin[i] + offset, squares[i] - offset * double(sum[i]));
    }
  }
  void counted(double n) { count_ += n; }

 private:
  /// @param share  the new values' share of all values
  void join_one(int c, double share, double mean, double square) {
    const double delta = mean - mean_[c];
    mean_[c] += delta * share;
    square_[c] += square + delta * delta * count_ * share;
  }

  std::vector<double> mean_, square_;
  double count_ = 0;
  int channels_;
};

/// Sums for the gradients of beta and gamma: of dy and of dy (z - mean); dy is d where it passes the ReLU, else 0.
class ParameterSums {
 public:
  explicit ParameterSums(int channels) : beta_(channels), gamma_(channels), channels_(channels) {}

  /// Takes rows of the gradient d with respect to the activated rows of x from `first` on; otherwise like
  /// `Moments::Strip`.
  template <int V, typename T>
  class Strip {
   public:
    Strip(ParameterSums& to, const Activated<T>& x, int first, int c, int skip)
        : to_(to), x_(x), z_(x.z + size_t(first) * x.channels + c), c_(c), skip_(skip) {
      for (int v = 0; v < V; v++) mean_[v] = load(x.row(kMean) + c + v * lanes), by_[v] = x.strip(c + v * lanes);
    }
    void begin(const Vector (&)[V]) {}
    void add(int r, int odd, const Vector (&d)[V]) {
      for (int v = 0; v < V; v++) {
        const Vector value = load(z_ + size_t(r) * x_.channels + v * lanes);
        const Vector dy = x_.relu ? where(by_[v].passes(value), d[v]) : d[v];
        sum_[odd][v] += dy;
        moment_[odd][v] += dy * (value - mean_[v]);
      }
    }
    void exchange() { std::swap(sum_[0], sum_[1]), std::swap(moment_[0], moment_[1]); }
    void end(int) {
      for (int v = 0; v < V; v++) {
        to_.join(c_ + v * lanes, skip_, sum_[0][v] + sum_[1][v], moment_[0][v] + moment_[1][v]);
      }
    }

   private:
    ParameterSums& to_;
    const Activated<T>& x_;
    const T* z_;
    const int c_, skip_;
    VectorNorm by_[V];
    Vector mean_[V], sum_[2][V] = {}, moment_[2][V] = {};
  };

  /// The sums of a product's rows (matrix.h).
  template <typename T>
  struct OfRows {
    template <int V>
    Strip<V, T> strip(int c, int skip) const { return {to, x, first, c, skip}; }
    ParameterSums& to;
    const Activated<T>& x;
    int first;
  };

  /// Adds rows [count, C] of the gradient d with respect to the activated rows of x from `first` on.
  template <typename T, typename D>
  void add(const Activated<T>& x, int first, const D* d, int count) {
    const Groups groups(channels_);
    for (int g = 0; g < groups.count; g++) {
      const int c = groups.start(g);
      Strip<1, T> strip(*this, x, first, c, groups.overlap(g));
      for (int r = 0; r < count; r++) {
        const Vector row[1] = {load(d + size_t(r) * channels_ + c)};
        strip.add(r, r & 1, row);
      }
      strip.end(count);
    }
  }

  void join(int c, int skip, Vector sum, Vector moment) {
    for (int i = skip; i < lanes; i++) {
      beta_[c + i] += double(sum[i]);
      gamma_[c + i] += double(moment[i]);
    }
  }

  void add(const ParameterSums& other) {
    for (int c = 0; c < channels_; c++) beta_[c] += other.beta_[c], gamma_[c] += other.gamma_[c];
  }

  template <typename T>
  void finish(const Activated<T>& x, float* dgamma, float* dbeta) const {
    for (int c = 0; c < channels_; c++) {
      dgamma[c] = float(gamma_[c] * x.row(kRstd)[c]);
      dbeta[c] = float(beta_[c]);
    }
  }

 private:
  std::vector<double> beta_, gamma_;
  int channels_;
};

/// The gradient with respect to z, from the gradient d with respect to the normalised and activated value:
///   dz = scale (dy - dbeta / R - (z - mean) rstd dgamma / R) = scale dy + offset + slope z
/// over R rows, where dy is d where it passes the ReLU, else 0.
template <typename T>
class Gradient {
 public:
  Gradient(const T* d, const Activated<T>& of, const float* dgamma, const float* dbeta, double rows)
      : d_(d), of_(of), offset_(of.channels), slope_(of.channels) {
    for (int c = 0; c < of.channels; c++) {
      const double scale = of.row(kScale)[c], slope = -scale * of.row(kRstd)[c] * dgamma[c] / rows;
      slope_[c] = float(slope);
      offset_[c] = float(-scale * dbeta[c] / rows - slope * of.row(kMean)[c]);
    }
  }

  /// Like `Activated::each`.
  template <typename Use>
  inline __attribute__((always_inline)) void each(int first, int count, const Use& use) const {
    const Groups groups(of_.channels);
    const float *scale = of_.row(kScale), *shift = of_.row(kShift), *offset = offset_, *slope = slope_;
    const auto rows = [&](const auto& passed) __attribute__((always_inline)) {
      size_t at = size_t(first) * of_.channels;
      for (int r = 0; r < count; r++, at += of_.channels) {
        groups.each([&](int g, int c) __attribute__((always_inline)) {
          fetch_ahead(of_.z + at + c), fetch_ahead(d_ + at + c);
          const Vector z = load(of_.z + at + c), s = load(scale + c);
          use(r, g, s * passed(load(d_ + at + c), z * s + load(shift + c)) + (load(slope + c) * z + load(offset + c)));
        });
      }
    };
    if (!of_.relu) return rows([](Vector d, Vector) { return d; });
    rows([](Vector d, Vector y) { return where(y > Vector{}, d); });
  }

  /// Like `Activated::each_of`.
  template <typename Use>
  inline __attribute__((always_inline)) void each_of(int c, int first, int count, const Use& use) const {
    const VectorNorm by = of_.strip(c);
    const Vector offset = load(offset_ + c), slope = load(slope_ + c);
    const auto rows = [&](const auto& passed) __attribute__((always_inline)) {
      size_t at = size_t(first) * of_.channels + c;
      for (int i = 0; i < count; i++, at += of_.channels) {
        const Vector z = load(of_.z + at);
        use(i, by.scale * passed(load(d_ + at), z * by.scale + by.shift) + (slope * z + offset));
      }
    };
    if (!of_.relu) return rows([](Vector d, Vector) { return d; });
    rows([](Vector d, Vector y) { return where(y > Vector{}, d); });
  }

  const T* d() const { return d_; }
  const Activated<T>& of() const { return of_; }

 private:
  const T* d_;
  Activated<T> of_;
  Floats offset_, slope_;
};

/// Writes rows of an `Activated` or a `Gradient` of `channels` channels, `step` numbers apart.
template <typename Source, typename To>
void copy_rows(const Source& source, int channels, int first, int count, To* to, size_t step) {
  const Groups groups(channels);
  source.each(first, count, [&](int r, int g, Vector value) { store(to + r * step + groups.start(g), value); });
}

}  // namespace mnv4::MNV4_VECTORS
