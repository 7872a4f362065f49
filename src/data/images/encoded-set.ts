/** The images of a container format before they are decoded: what a folder of tar, TFRecord or Parquet files holds. */
import type { EncodedImages } from './encoded-images.js';

export interface EncodedSet {
  /** Names of the K classes; undefined if the files hold label numbers alone. */
  readonly classNames: readonly string[] | undefined;
  readonly train: EncodedImages;
  /** The test part, else the validation part; undefined if the files have neither. */
  readonly test: EncodedImages | undefined;
  /** Notes for the user, such as parts of the files that are not used. */
  readonly notes: readonly string[];
}
