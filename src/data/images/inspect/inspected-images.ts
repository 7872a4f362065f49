/** The facts about a folder of images that decide how a network for them is searched and trained. */
import type { SourceFormat } from '#data/images/source-format';

/** The smallest, the median and the largest of some numbers. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** The images of one part, as they lie in the files: broken ones count too. */
export interface InspectedPart {
  readonly n: number;
  /** Images of each class [K]. */
  readonly perClass: readonly number[];
}

/** Numbers of images whose conversion to 8-bit RGB changes them. */
export interface ImageKinds {
  readonly grey: number;
  readonly alpha: number;
  readonly cmyk: number;
  readonly sixteenBit: number;
  /** Images that EXIF turns or mirrors; they are used upright. */
  readonly rotated: number;
}

/** An image that cannot be decoded. */
export interface BrokenImage {
  readonly place: string;
  readonly problem: string;
}

/** Images whose files have the same bytes. */
export interface Duplicates {
  /** Images that repeat an earlier one of the same part. */
  readonly within: number;
  /** Test images that are train images too, so that the test flatters a network. */
  readonly across: number;
  /** Images that repeat another one under another class. */
  readonly otherClass: number;
  /** The first pairs, those across the parts before the others, at most ten. */
  readonly examples: readonly (readonly [string, string])[];
}

export interface InspectedImages {
  /** The folder or file that was inspected. */
  readonly folder: string;
  readonly format: SourceFormat;
  /** Names of the K classes, in the order of their labels. */
  readonly classNames: readonly string[];
  readonly train: InspectedPart;
  readonly test: InspectedPart;
  /** Images of the largest train class over those of the smallest that has any. */
  readonly imbalance: number;
  /** Number of images that were read and decoded: all, or an even sample of a large set, to which what follows refers. */
  readonly read: number;
  /** Sum of the encoded images that were read, or of their pixels where they are stored raw. */
  readonly bytes: number;
  /** Upright sizes in pixels of the images that are sound. */
  readonly height: Spread;
  readonly width: Spread;
  readonly shorterSide: Spread;
  /** True if all images have the same height and width. */
  readonly oneSize: boolean;
  /** Channels that networks for these images see. */
  readonly channels: number;
  readonly kinds: ImageKinds;
  /** Number of images per encoding, such as `jpeg`; `raw` for pixels that are stored as they are. */
  readonly encodings: Readonly<Record<string, number>>;
  readonly broken: { readonly count: number; readonly examples: readonly BrokenImage[] };
  readonly duplicates: Duplicates;
  /** Notes on how the files were read, such as the split and ignored files, in sentences. */
  readonly notes: readonly string[];
}
