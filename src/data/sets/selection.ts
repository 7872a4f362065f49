/**
 * The images of a pool that a selector keeps, as an Arrow IPC file: image (int32, index in the pool's train part),
 * class (int32), probability (float32); one row for each class whose probability exceeds the recipe's threshold.
 */
import {
  Table as ArrowTable,
  Float32,
  Int32,
  makeData,
  makeVector,
  RecordBatchReader,
  type Table,
  tableToIPC,
} from 'apache-arrow';
import { shownError } from '#core/shown';
import { dataFailure } from '#data/data-failure';

/** The name of the file in a set's folder. */
export const selectionName = 'pool-selection.arrow';

export interface Selection {
  /** Indices in the pool, rising. */
  readonly images: Int32Array;
  readonly classes: Int32Array;
  readonly probabilities: Float32Array;
}

/** The bytes of the Arrow file; the same selection always gives the same bytes. */
export function encodeSelection({ images, classes, probabilities }: Selection): Uint8Array {
  const length = images.length;
  const int32 = (data: Int32Array) => makeVector(makeData({ type: new Int32(), length, nullCount: 0, data }));
  const probability = makeVector(makeData({ type: new Float32(), length, nullCount: 0, data: probabilities }));
  const table: Table = new ArrowTable({ image: int32(images), class: int32(classes), probability });
  return tableToIPC(table, 'file');
}

/** Reads a selection whose SHA-256 the caller has checked. */
export function decodeSelection(bytes: Uint8Array, file: string): Selection {
  try {
    const batch = RecordBatchReader.from(bytes).next().value;
    const values = (name: string) => batch?.getChild(name)?.toArray() as unknown;
    const [images, classes, probabilities] = ['image', 'class', 'probability'].map(values);
    if (images instanceof Int32Array && classes instanceof Int32Array && probabilities instanceof Float32Array) {
      return { images, classes, probabilities };
    }
  } catch (error) {
    throw dataFailure(file, `expected an Arrow IPC file; got: ${shownError(error)}`);
  }
  throw dataFailure(file, 'expected the columns image, class and probability; got others');
}
