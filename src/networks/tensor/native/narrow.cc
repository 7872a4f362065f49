#ifdef __AVX512F__  // other processors have no wider vectors
#define MNV4_NARROW
#include "layers.h"

const mnv4::LayerOps& mnv4::narrow_ops() { return narrow::layer_ops; }
#endif
