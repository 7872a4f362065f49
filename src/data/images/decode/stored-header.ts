import type { Orientation } from './exif-orientation.js';

/** Facts about a stored image, before it is turned. */
export interface StoredHeader {
  readonly height: number;
  readonly width: number;
  /** The turn from the stored to the upright image, an EXIF value; 1 if there is none. */
  readonly orientation: Orientation;
  /** True for a JPEG of four inks: cyan, magenta, yellow and black. */
  readonly isCmyk: boolean;
}
