// The addon of src/data/images/decode: decodes and resizes pictures on the threads of libuv's pool, so that the
// JavaScript thread can train meanwhile. native-images.ts declares its functions.
#include <node_api.h>
#include <climits>
#include <exception>
#include <string>
#include "jpeg.h"
#include "resize.h"
#include "turn.h"

namespace mnv4 {
namespace {

/// One resized view of an image; the caller keeps `bytes` and `out` alive.
struct View {
  const uint8_t* bytes = nullptr;  // encoded, or RGB pixels
  size_t length = 0;
  uint8_t* out = nullptr;
  int image_height = 0, image_width = 0;  // of the upright image
  int orientation = 1;
  Rectangle rectangle{};
  int height = 0, width = 0;  // of the result
  bool mirrored = false;

  bool is_whole() const {
    return rectangle.top == 0 && rectangle.left == 0 && rectangle.height == height && rectangle.width == width &&
           height == image_height && width == image_width;
  }
};

/// Writes the view of a JPEG picture; false if it is damaged.
bool view_jpeg(const View& view) {
  static thread_local Scratch decoded, turned;
  if (!has_end(view.bytes, view.length)) return false;
  const Turn turn(view.orientation);
  const int height = turn.swaps_axes ? view.image_width : view.image_height;
  const int width = turn.swaps_axes ? view.image_height : view.image_width;
  const Window upright = view.rectangle.touched(view.image_height, view.image_width);
  const Window needed = turn.stored(upright, height, width);
  Window window = needed;
  window.left = std::max(0, needed.left - chroma_margin);
  window.right = std::min(width, needed.right + chroma_margin);
  const ptrdiff_t stride = 3 * ptrdiff_t(window.width());
  const bool is_direct = view.is_whole() && view.orientation == 1 && !view.mirrored;
  uint8_t* const pixels = is_direct ? view.out : decoded.bytes(stride * window.height());
  if (!decode_window(view.bytes, int(view.length), height, width, window, pixels, int(stride))) return false;
  if (is_direct) return true;
  Pixels part{pixels + 3 * (needed.left - window.left), needed.height(), needed.width(), stride};
  if (view.orientation != 1) {
    const bool is_done = view.is_whole() && !view.mirrored;
    uint8_t* const copy = is_done ? view.out : turned.bytes(size_t(3) * needed.height() * needed.width());
    turn.copy(part.data, part.height, part.width, part.stride, copy);
    if (is_done) return true;
    part = {copy, upright.height(), upright.width(), 3 * ptrdiff_t(upright.width())};
  }
  resize(part, view.rectangle, view.height, view.width, view.mirrored, view.out);
  return true;
}

/// Writes the view of RGB pixels.
bool view_pixels(const View& view) {
  static thread_local Scratch copied;
  const Window window = view.rectangle.touched(view.image_height, view.image_width);
  const ptrdiff_t stride = 3 * ptrdiff_t(view.image_width);
  const uint8_t* from = view.bytes + window.top * stride + 3 * window.left;
  const ptrdiff_t row_bytes = 3 * ptrdiff_t(window.width());
  uint8_t* const copy = copied.bytes(row_bytes * window.height());  // with slack behind it
  for (int y = 0; y < window.height(); y++) std::memcpy(copy + y * row_bytes, from + y * stride, row_bytes);
  resize({copy, window.height(), window.width(), row_bytes}, view.rectangle, view.height, view.width, view.mirrored,
         view.out);
  return true;
}

/// A view on its way: made on the JavaScript thread, computed on another, settled on the first.
struct Job {
  View view;
  bool (*compute)(const View&);
  bool is_sound = false;
  std::string error;
  napi_deferred deferred = nullptr;
  napi_async_work work = nullptr;
  napi_ref arrays[2] = {};

  static void execute(napi_env, void* data) {
    Job& job = *static_cast<Job*>(data);
    try {
      job.is_sound = job.compute(job.view);
    } catch (const std::exception& error) {  // out of memory
      job.error = error.what();
    }
  }

  static void settle(napi_env env, napi_status status, void* data) {
    const std::unique_ptr<Job> job(static_cast<Job*>(data));
    napi_value result;
    if (status == napi_ok && job->error.empty()) {
      napi_get_boolean(env, job->is_sound, &result);
      napi_resolve_deferred(env, job->deferred, result);
    } else {
      napi_value text;
      const std::string& message = job->error.empty() ? "the picture's decoding was cancelled" : job->error;
      napi_create_string_utf8(env, message.c_str(), message.size(), &text);
      napi_create_error(env, nullptr, text, &result);
      napi_reject_deferred(env, job->deferred, result);
    }
    for (napi_ref array : job->arrays) napi_delete_reference(env, array);
    napi_delete_async_work(env, job->work);
  }
};

/// The memory of a Uint8Array.
bool bytes_of(napi_env env, napi_value array, uint8_t** data, size_t* length) {
  napi_typedarray_type type;
  void* memory;
  if (napi_get_typedarray_info(env, array, &type, length, &memory, nullptr, nullptr) != napi_ok) return false;
  *data = static_cast<uint8_t*>(memory);
  return type == napi_uint8_array;
}

/// Reads the arguments of `jpegView` and `pixelView`; false if they do not fit together.
bool read_view(napi_env env, const napi_value* arguments, View* view) {
  uint8_t* bytes;
  size_t out_length, count;
  napi_typedarray_type type;
  void* memory;
  if (!bytes_of(env, arguments[0], &bytes, &view->length)) return false;
  if (!bytes_of(env, arguments[1], &view->out, &out_length)) return false;
  if (napi_get_typedarray_info(env, arguments[2], &type, &count, &memory, nullptr, nullptr) != napi_ok) return false;
  if (type != napi_float64_array || count != 10) return false;
  const double* n = static_cast<const double*>(memory);
  view->bytes = bytes;
  view->image_height = int(n[0]);
  view->image_width = int(n[1]);
  view->orientation = int(n[2]);
  view->rectangle = {n[3], n[4], n[5], n[6]};
  view->height = int(n[7]);
  view->width = int(n[8]);
  view->mirrored = n[9] != 0;
  const Rectangle& r = view->rectangle;
  const bool lies_inside = r.top >= 0 && r.left >= 0 && r.height > 0 && r.width > 0 &&
                           r.top + r.height < n[0] + 1 && r.left + r.width < n[1] + 1 && r.top < n[0] && r.left < n[1];
  return lies_inside && n[0] <= 65535 && n[1] <= 65535 && view->height > 0 && view->width > 0 &&
         view->length <= INT_MAX && out_length == size_t(3) * view->height * view->width;
}

/// Starts a job and returns its promise of a boolean: true if the picture is sound.
napi_value start(napi_env env, napi_callback_info info, const char* name, bool (*compute)(const View&)) {
  size_t count = 3;
  napi_value arguments[3], promise, title;
  napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  auto job = std::make_unique<Job>();
  job->compute = compute;
  const View& view = job->view;
  const bool is_read = count == 3 && read_view(env, arguments, &job->view);
  const size_t image_bytes = size_t(3) * view.image_height * view.image_width;
  if (!is_read || (compute == view_pixels && view.length != image_bytes)) {
    napi_throw_type_error(env, nullptr, "expected bytes, a result of matching size and a view inside the image");
    return nullptr;
  }
  for (int i = 0; i < 2; i++) napi_create_reference(env, arguments[i], 1, &job->arrays[i]);
  napi_create_promise(env, &job->deferred, &promise);
  napi_create_string_utf8(env, name, NAPI_AUTO_LENGTH, &title);
  napi_create_async_work(env, nullptr, title, Job::execute, Job::settle, job.get(), &job->work);
  napi_queue_async_work(env, job.release()->work);
  return promise;
}

napi_value jpeg_view(napi_env env, napi_callback_info info) { return start(env, info, "mnv4:jpegView", view_jpeg); }

napi_value pixel_view(napi_env env, napi_callback_info info) { return start(env, info, "mnv4:pixelView", view_pixels); }

void add_function(napi_env env, napi_value exports, const char* name, napi_callback function) {
  napi_value value;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, function, nullptr, &value);
  napi_set_named_property(env, exports, name, value);
}

}  // namespace
}  // namespace mnv4

extern "C" napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  mnv4::add_function(env, exports, "jpegView", mnv4::jpeg_view);
  mnv4::add_function(env, exports, "pixelView", mnv4::pixel_view);
  return exports;
}
