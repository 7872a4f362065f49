// JPEG windows by the decoder inside TensorFlow's library, which is libjpeg-turbo.
#pragma once
#include <cstdint>
#include <cstring>
#include <functional>
#include "window.h"

// From tensorflow/core/lib/jpeg/jpeg_mem.h of TensorFlow 2.21.0, whose library exports these symbols. No header of it is
// included, since it includes hundreds of others; layout and signature are those of that release, and a trial at load
// time (native-images.ts) turns the addon off if they ever differ.
namespace tensorflow::jpeg {

struct UncompressFlags {
  int ratio = 1;
  int components = 0;
  bool fancy_upscaling = true;
  bool try_recover_truncated_jpeg = false;
  float min_acceptable_fraction = 1.0;
  int stride = 0;
  int dct_method = 0;  // JDCT_ISLOW, the accurate integer method
  bool crop = false;
  int crop_x = 0;
  int crop_y = 0;
  int crop_width = 0;
  int crop_height = 0;
};

uint8_t* Uncompress(const void* bytes, int length, const UncompressFlags& flags, int64_t* warnings,
                    std::function<uint8_t*(int width, int height, int components)> allocate_output);

}  // namespace tensorflow::jpeg

namespace mnv4 {

/// True if the end marker follows the scans. The decoder does not miss it where the rows below a window are skipped.
inline bool has_end(const uint8_t* bytes, size_t length) {
  const uint8_t* const end = bytes + length;
  if (length >= 2 && end[-2] == 0xff && end[-1] == 0xd9) return true;  // the usual place
  const uint8_t* at = bytes + 2;
  while (end - at >= 2) {
    const auto* marker = static_cast<const uint8_t*>(std::memchr(at, 0xff, end - at - 1));
    if (marker == nullptr) return false;
    const uint8_t kind = marker[1];
    if (kind == 0xd9) return true;
    const bool has_content = kind >= 0xc0 && kind < 0xff && (kind < 0xd0 || kind > 0xd8);
    if (kind == 0xff) {
      at = marker + 1;
    } else if (has_content && end - marker >= 4) {
      at = marker + 2 + std::min<ptrdiff_t>(marker[2] << 8 | marker[3], end - marker - 2);
    } else {
      at = marker + 2;
    }
  }
  return false;
}

/// Decodes a window of a `height` x `width` picture as RGB into `out`, rows `stride` bytes apart; false if the picture
/// is damaged. A window ends at least `chroma_margin` columns beyond what is needed: the chroma of columns at its edge is
/// interpolated without their neighbours outside.
inline bool decode_window(const uint8_t* bytes, int length, int height, int width, const Window& window, uint8_t* out,
                          int stride) {
  tensorflow::jpeg::UncompressFlags flags;
  flags.components = 3;
  flags.stride = stride;
  flags.crop = window.height() != height || window.width() != width;
  flags.crop_x = window.left;
  flags.crop_y = window.top;
  flags.crop_width = window.width();
  flags.crop_height = window.height();
  int64_t warnings = 0;
  const auto place = [&](int columns, int rows, int components) {
    return columns == window.width() && rows == window.height() && components == 3 ? out : nullptr;
  };
  return tensorflow::jpeg::Uncompress(bytes, length, flags, &warnings, place) != nullptr && warnings == 0;
}

constexpr int chroma_margin = 2;

}  // namespace mnv4
