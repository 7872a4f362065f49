/** The interface of our addon for pictures, whose source is in `native/`. */
import type { Orientation } from './exif-orientation.js';
import type { View } from './view.js';

/** Functions that compute on the threads of libuv's pool; their arrays must not change meanwhile. */
export interface ImagesAddon {
  /** Writes a view of a JPEG picture into `out`; false if the picture is damaged. `view` is made by `viewNumbers`. */
  jpegView(bytes: Uint8Array, out: Uint8Array, view: Float64Array): Promise<boolean>;
  /** Writes a view of RGB pixels [H, W, 3] into `out`. */
  pixelView(pixels: Uint8Array, out: Uint8Array, view: Float64Array): Promise<boolean>;
}

/** A view as the addon reads it: image height and width, orientation, rectangle, height and width, mirrored. */
export function viewNumbers({ image, rectangle, to, isMirrored }: View, orientation: Orientation = 1): Float64Array {
  const { top, left, height, width } = rectangle;
  const upright = [image.height, image.width, orientation];
  return Float64Array.of(...upright, top, left, height, width, to.height, to.width, isMirrored ? 1 : 0);
}
