// Batch norm whose output is never written to memory: a layer writes its linear output z and a norm per channel, and
// the readers of z apply the norm as they load it. Ioffe and Szegedy 2015, arXiv:1502.03167; the batch's biased
// variance.
#pragma once
#include <cmath>

#include "bfloat16.h"

namespace mnv4 {

/// Rows of a norm, [4, C]: y = scale z + shift with scale = gamma rstd and shift = beta - mean scale.
enum NormRow { kMean, kRstd, kScale, kShift, kNormRows };

/// The norm of a vector of channels, in registers, and the ReLU after it.
struct Strip {
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
  Strip strip(int c) const { return {load(row(kScale) + c), load(row(kShift) + c), relu}; }

  /// Calls use(row, group of channels, normalised values) for `count` rows from `first` on, in memory order.
  template <typename Use>
  inline __attribute__((always_inline)) void each(int first, int count, const Use& use) const {
    const Groups groups(channels);
    const auto rows = [&](const auto& settle) __attribute__((always_inline)) {
      const T* from = z + size_t(first) * channels;
      for (int r = 0; r < count; r++, from += channels) {
        groups.each([&](int g, int c) __attribute__((always_inline)) { use(r, g, settle(c, load(from + c))); });
      }
    };
    if (norm == nullptr) return rows([](int, Vector z) { return z; });
    const float *scale = row(kScale), *shift = row(kShift);
    const auto normalised = [=](int c, Vector z) { return z * load(scale + c) + load(shift + c); };
    if (!relu) return rows(normalised);
    rows([=](int c, Vector z) { return positive(normalised(c, z)); });
  }
};

/// Count, mean and sum of squared deviations per channel; partial results are merged as in Chan, Golub and LeVeque
/// 1983.
class Moments {
 public:
  explicit Moments(int channels) : mean_(channels), square_(channels), channels_(channels) {}

  /// Adds rows [count, C].
  template <typename T>
  void add(const T* z, int count) {
    const Groups groups(channels_);
    for (int g = 0; g < groups.count; g++) {
      const int c = groups.start(g);
      const Vector origin = load(z + c);
      Vector sum[2] = {}, squares[2] = {};
      for (int r = 0; r < count; r++) {
        const Vector d = load(z + size_t(r) * channels_ + c) - origin;
        sum[r & 1] += d;
        squares[r & 1] += d * d;
      }
      join(c, groups.overlap(g), count, origin, sum[0] + sum[1], squares[0] + squares[1]);
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

  /// Adds rows [count, C] of the gradient d with respect to the activated rows of x from `first` on.
  template <typename T, typename D>
  void add(const Activated<T>& x, int first, const D* d, int count) {
    const Groups groups(channels_);
    const T* z = x.z + size_t(first) * channels_;
    for (int g = 0; g < groups.count; g++) {
      const int c = groups.start(g);
      const auto strip = x.strip(c);
      const Vector mean = load(x.row(kMean) + c);
      Vector sum[2] = {}, moment[2] = {};
      for (int r = 0; r < count; r++) {
        const Vector value = load(z + size_t(r) * channels_ + c);
        Vector dy = load(d + size_t(r) * channels_ + c);
        if (x.relu) dy = where(strip.passes(value), dy);
        sum[r & 1] += dy;
        moment[r & 1] += dy * (value - mean);
      }
      join(c, groups.overlap(g), sum[0] + sum[1], moment[0] + moment[1]);
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
          const Vector z = load(of_.z + at + c), s = load(scale + c);
          use(r, g, s * passed(load(d_ + at + c), z * s + load(shift + c)) + (load(slope + c) * z + load(offset + c)));
        });
      }
    };
    if (!of_.relu) return rows([](Vector d, Vector) { return d; });
    rows([](Vector d, Vector y) { return where(y > Vector{}, d); });
  }

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

}  // namespace mnv4
