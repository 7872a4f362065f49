/** The port of container formats whose images are encoded, such as a folder of JPEG files or a tar shard. */
import type { SharedImages } from './shared-images.js';

/** The encoded, labelled images of one part, by index 0...n-1; none of them need be in memory. */
export interface EncodedImages {
  readonly n: number;
  /** The class of an image, in 0...K-1. */
  label(i: number): number;
  /** Reads the encoded bytes of an image, which the caller owns. Calls may overlap. */
  bytes(i: number): Promise<Uint8Array>;
  /** The file of an image and its position in it, for messages, such as `train-0003.tar: member 17 (cat.jpg)`. */
  place(i: number): string;
  /**
   * A SHA-256 that changes if images are added, removed, renamed, relabelled or change in size. It does not read the
   * images themselves, so that it stays fast for millions.
   */
  fingerprint(): Promise<string>;
  /** Plain data with which another thread opens the same images. */
  readonly shared: SharedImages;
}
