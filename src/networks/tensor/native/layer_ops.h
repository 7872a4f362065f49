// The ops of layers as a table, of which there is one for each width of vectors (layers.h).
#pragma once
#include "call.h"

namespace mnv4 {

using Run = void (*)(const Attributes&, Call&);

/// Runs an op on maps of float32 or of bfloat16.
struct Runs {
  Run full, half;
};

struct LayerOps {
  Runs pointwise, pointwise_gradient;
  Runs convolution, convolution_gradient;
  Runs depthwise, depthwise_gradient;
  Runs batch_norm, batch_norm_gradient, parameter_gradient;
  Runs combine;
};

/// The ops by vectors of 8 floats, for maps of fewer channels than a register of AVX-512 holds (narrow.cc).
const LayerOps& narrow_ops();

}  // namespace mnv4
