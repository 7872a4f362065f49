/** The train images of a set that are selected from a pool, once for all attempts to build the set. */
import { join } from 'node:path';
import { readBytes, sha256, writeAtomically } from '#core/files/files';
import { decodeSelection, encodeSelection, type Selection, selectionName } from '#data/sets/selection';
import type { BuildIdentity } from './build-identity.js';
import type { BuildImages, TrainImages } from './build-images.js';
import type { BuildJournal } from './build-journal.js';
import type { BuildRequest, PoolRequest } from './build-request.js';
import type { SourceSplit } from './build-split.js';
import { missingClasses, resampled, selectFromPool } from './select-pool.js';

interface PoolContext {
  readonly pool: PoolRequest;
  readonly images: BuildImages;
  readonly split: SourceSplit;
  readonly journal: BuildJournal;
  readonly identity: BuildIdentity;
  readonly stopIfAsked: (where: string) => void;
}

/**
 * Selects and resamples the train images; a selection that an earlier attempt has stored is used again. A pool that is
 * the source itself gives none of the validation images.
 */
export async function poolTrainImages(
  request: Pick<BuildRequest, 'source' | 'recipe' | 'to' | 'onProgress' | 'warn'>,
  { pool, images, split, journal, identity, stopIfAsked }: PoolContext,
): Promise<TrainImages> {
  const { source, recipe, to, onProgress, warn } = request;
  const { keepAbove, perClass } = recipe.pool as NonNullable<typeof recipe.pool>;
  const isSource = identity.pool?.source.sha256 === identity.source.sha256;
  const first = isSource ? 0 : source.train.n + source.test.n;
  const n = pool.source.train.n;
  const select = () => {
    const allowed = isSource ? new Set(split.train) : undefined;
    const onChunk = (rows: number) => {
      onProgress?.({ part: 'pool', rows, of: n, kept: 0 });
      stopIfAsked('the selection of the pool');
    };
    const isAllowed = allowed && ((image: number) => allowed.has(image));
    return selectFromPool({ images, first, n, isAllowed, selector: pool.selector, keepAbove, onChunk });
  };
  const selection = await storedSelection(join(to, selectionName), journal, select);
  const missing = missingClasses(selection, source.classNames);
  const train = resampled(selection, perClass, first, recipe.seed);
  if (missing.length > 0) {
    const shown = missing.slice(0, 8).join(', ') + (missing.length > 8 ? ` and ${missing.length - 8} more` : '');
    warn?.(`${recipe.name}: no image of the pool exceeds keepAbove for ${shown}; the set has no train image of these`);
  }
  return train;
}

async function storedSelection(
  file: string,
  journal: BuildJournal,
  select: () => Promise<Selection>,
): Promise<Selection> {
  if (journal.selection() !== undefined) return decodeSelection(readBytes(file), file);
  const selection = await select();
  const bytes = encodeSelection(selection);
  writeAtomically(file, bytes);
  journal.addSelection({ sha256: sha256(bytes), rows: selection.images.length });
  return selection;
}
