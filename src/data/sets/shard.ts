/**
 * One shard of a distillation set: an Arrow IPC file with one record batch, which pyarrow, DuckDB and Polars read too.
 * Columns: image (fixed-size binary, raw pixels [H, W, C]), label (int32), soft (fixed-size list of K float16
 * probabilities), source (int32), replica (int32); of sets built with mixup or cutmix also mixedLabel (int32) and mixedShare
 * (float32).
 */
import {
  type Data,
  Field,
  FixedSizeBinary,
  FixedSizeList,
  Float16,
  Float32,
  Int32,
  makeData,
  RecordBatch,
  RecordBatchReader,
  Schema,
  Struct,
  Table,
  tableToIPC,
} from 'apache-arrow';
import { halfValues } from '#core/float16';
import { shownError } from '#core/shown';
import { dataFailure } from '#data/data-failure';

/** The rows of a shard as columns; if read from a file, views into its bytes. */
export interface Shard {
  readonly rows: number;
  /** [rows, H*W*C]. */
  readonly images: Uint8Array;
  /** Labels; a blend of two images has the label of the larger share. */
  readonly labels: Int32Array;
  /** Half-precision bits, [rows, K]. */
  readonly soft: Uint16Array;
  /** Index of the source image, counted through the source's train part, then through its test part. */
  readonly sources: Int32Array;
  /** Index of the augmented copy of that image, from 0. */
  readonly replicas: Int32Array;
  /** The image that is mixed into each row, in sets built with mixup or cutmix. */
  readonly mixing?: Mixing | undefined;
}

/** The second class of each row's target, and its share from 0 to 0.5; the rest is the label's. */
export interface Mixing {
  readonly labels: Int32Array;
  readonly shares: Float32Array;
}

/** Bytes of an image and number of classes, which determine the column types. */
export interface RowLayout {
  readonly imageBytes: number;
  readonly classes: number;
  /** True if rows record the image that is mixed in. */
  readonly mixed?: boolean | undefined;
}

/** Bytes of a row in a file, without the file's constant overhead. */
export function rowBytes({ imageBytes, classes, mixed }: RowLayout): number {
  return imageBytes + (mixed ? 5 : 3) * Int32Array.BYTES_PER_ELEMENT + classes * Uint16Array.BYTES_PER_ELEMENT;
}

function schemaOf({ imageBytes, classes, mixed }: RowLayout): Schema {
  return new Schema([
    new Field('image', new FixedSizeBinary(imageBytes), false),
    new Field('label', new Int32(), false),
    new Field('soft', new FixedSizeList(classes, new Field('item', new Float16(), false)), false),
    new Field('source', new Int32(), false),
    new Field('replica', new Int32(), false),
    ...(mixed ? [new Field('mixedLabel', new Int32(), false), new Field('mixedShare', new Float32(), false)] : []),
  ]);
}

/** The bytes of the Arrow file; the same rows always give the same bytes. */
export function encodeShard(shard: Shard, layout: RowLayout): Uint8Array {
  const schema = schemaOf(layout);
  const length = shard.rows;
  const int32 = (data: Int32Array) => makeData({ type: new Int32(), length, nullCount: 0, data });
  const float32 = (data: Float32Array) => makeData({ type: new Float32(), length, nullCount: 0, data });
  const item = makeData({ type: new Float16(), length: length * layout.classes, nullCount: 0, data: shard.soft });
  const children = [
    makeData({ type: new FixedSizeBinary(layout.imageBytes), length, nullCount: 0, data: shard.images }),
    int32(shard.labels),
    makeData({ type: schema.fields[2]?.type as FixedSizeList<Float16>, length, nullCount: 0, child: item }),
    int32(shard.sources),
    int32(shard.replicas),
    ...(shard.mixing === undefined ? [] : [int32(shard.mixing.labels), float32(shard.mixing.shares)]),
  ] as Data[];
  const struct = makeData({ type: new Struct(schema.fields), length, nullCount: 0, children });
  return tableToIPC(new Table(schema, [new RecordBatch(schema, struct)]), 'file');
}

/**
 * Reads a shard without copying; a file of another layout is a data failure that names the columns. The caller checks
 * the SHA-256 of the bytes first, since the library may take minutes over damaged ones.
 */
export function decodeShard(bytes: Uint8Array, layout: RowLayout, file: string): Shard {
  const { schema, batches, first: batch } = parsed(bytes, file);
  const expected = schemaOf(layout);
  const got = schema.fields.map(({ name, type }) => `${name}: ${type}`).join(', ');
  const wanted = expected.fields.map(({ name, type }) => `${name}: ${type}`).join(', ');
  if (got !== wanted) throw dataFailure(file, `expected the columns ${wanted}; got ${got}`);
  if (batch === null || batches !== 1) throw dataFailure(file, `expected one record batch; got ${batches}`);
  const rows = batch.numRows;
  const column = (index: number) => batch.data.children[index] as Data;
  const values = <T extends Uint8Array | Uint16Array | Int32Array | Float32Array>(
    data: Data | undefined,
    perRow: number,
  ) => {
    const found = (data?.values as T | undefined)?.subarray(0, rows * perRow); // each column is padded to eight bytes
    if (found?.length === rows * perRow) return found as T;
    throw dataFailure(file, `expected ${rows * perRow} values in each column; got ${found?.length ?? 0} in one`);
  };
  return {
    rows,
    images: values(column(0), layout.imageBytes),
    labels: values(column(1), 1),
    soft: values(column(2).children[0], layout.classes),
    sources: values(column(3), 1),
    replicas: values(column(4), 1),
    ...(layout.mixed && { mixing: { labels: values(column(5), 1), shares: values(column(6), 1) } }),
  };
}

interface Parsed {
  readonly schema: Schema;
  readonly batches: number;
  readonly first: RecordBatch | null;
}

/** Reads the batches that the file's footer lists; `tableFromIPC` (apache-arrow 21.0) may hang on a damaged file. */
function parsed(bytes: Uint8Array, file: string): Parsed {
  try {
    const reader = RecordBatchReader.from(bytes);
    if (!reader.isFile() || !reader.isSync()) throw new Error('no Arrow signature at its start and end');
    const { schema, numRecordBatches: batches } = reader.open();
    return { schema, batches, first: reader.readRecordBatch(0) };
  } catch (error) {
    throw dataFailure(file, `expected an Arrow IPC file; got: ${shownError(error)}`);
  }
}

/** The number of rows whose most probable class, the first among equals, is their label. */
export function correctRows({ rows, labels, soft }: Shard, { classes }: RowLayout): number {
  const probability = (row: number, label: number) => halfValues[soft[row * classes + label] as number] as number;
  let correct = 0;
  for (let row = 0; row < rows; row++) {
    let best = 0;
    for (let k = 1; k < classes; k++) if (probability(row, k) > probability(row, best)) best = k;
    if (best === labels[row]) correct++;
  }
  return correct;
}
