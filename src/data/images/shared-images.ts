/** Encoded images as plain data with arrays in shared memory, which lets a thread read the images of another one. */
import type { TextList } from './text-list.js';

export type SharedImages =
  | { readonly kind: 'files'; readonly files: ImageFiles }
  | { readonly kind: 'webdataset' | 'parquet'; readonly index: ShardIndex }
  | { readonly kind: 'tfrecord'; readonly index: ShardIndex; readonly image: string | undefined }
  | { readonly kind: 'subset'; readonly images: SharedImages; readonly indices: Int32Array };

/** Image files below a root: file i is `names[i]` in `folders[folderOf[i]]`. */
export interface ImageFiles {
  readonly root: string;
  /** Paths relative to the root. */
  readonly folders: readonly string[];
  readonly names: TextList;
  readonly folderOf: Int32Array;
  /** Classes [n]. */
  readonly labels: Int32Array;
}

/** The samples of the shards of one part. */
export interface ShardIndex<S extends ShardSamples = ShardSamples> {
  readonly root: string;
  readonly shards: readonly S[];
  /** Class of each distinct label. */
  readonly classOf: Int32Array;
}

/** The samples of one shard, by their order in it. */
export interface ShardSamples {
  /** Path relative to the root. */
  readonly shard: string;
  /** Positions of the labels among the distinct labels [n]. */
  readonly labels: Int32Array;
  /** Bytes and lengths of the images, or of the larger pieces of the file that hold them. */
  readonly offsets: Float64Array;
  readonly lengths: Uint32Array;
  /** Names of the images' files [n]; empty if samples have no names. */
  readonly names: TextList;
}
