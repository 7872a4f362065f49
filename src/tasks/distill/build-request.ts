/** The inputs of a build, and its reports. */
import type { ImageSet } from '#data/images/image-source';
import type { SplitName } from '#data/sets/manifest';
import type { BuildRecipe } from './build-recipe.js';
import type { Teacher } from './build-teacher.js';

/** The images that train images are selected from, and the network that selects them. */
export interface PoolRequest {
  readonly source: ImageSet;
  readonly selector: Teacher;
}

export interface BuildRequest {
  readonly source: ImageSet;
  readonly recipe: BuildRecipe;
  readonly teacher: Teacher;
  /** The images and the selector of the recipe's pool, if it has one. */
  readonly pool?: PoolRequest | undefined;
  /** The folder that becomes the set. */
  readonly to: string;
  /** Threads that draw rows; with 1, the default, this thread draws them. */
  readonly threads?: number | undefined;
  readonly onProgress?: (progress: BuildProgress) => void;
  /** Called between chunks; once it returns true, the build ends with a failure of kind `stopped`. */
  readonly shouldStop?: () => boolean;
  readonly warn?: (line: string) => void;
}

/** The state of a build. */
export interface BuildProgress {
  /** The split being built, or the selection of a pool's images. */
  readonly part: SplitName | 'pool';
  /** Rows or, in a pool, images that are done. */
  readonly rows: number;
  readonly of: number;
  /** Rows of complete shards that an earlier attempt left. */
  readonly kept: number;
}
