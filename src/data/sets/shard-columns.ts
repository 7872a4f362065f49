/**
 * The columns of a shard. image: fixed-size binary, raw pixels [H, W, C], or binary, JPEG or PNG; label (int32); soft:
 * fixed-size list of K float16 probabilities, or of the `top` largest, whose classes are in softClass (fixed-size list
 * of int16, or int32 above 32,768 classes) and whose complement is softRest (float16); source (int32); replica
 * (int32); of sets built with mixup or cutmix also mixedLabel (int32) and mixedShare (float32).
 */
import {
  Binary,
  type Data,
  type DataType,
  Field,
  FixedSizeBinary,
  FixedSizeList,
  Float16,
  Float32,
  Int16,
  Int32,
  makeData,
  Schema,
} from 'apache-arrow';
import { dataFailure } from '#data/data-failure';
import { hasShortClasses, type SoftLabels, type SoftLayout, softWidth } from './soft-labels.js';

/** The rows of a shard as columns; if read from a file, views into its bytes. */
export interface Shard extends SoftLabels {
  readonly rows: number;
  /** Raw pixels [rows, H*W*C] or, with `imageOffsets`, the encoded images one after the other. */
  readonly images: Uint8Array;
  /** Start of each encoded image in `images`, and the end of the last, [rows + 1]. */
  readonly imageOffsets?: Int32Array | undefined;
  /** Labels; a blend of two images has the label of the larger share. */
  readonly labels: Int32Array;
  /** Index of the source image, counted through the source's train part, its test part, then the pool if it has one. */
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

/** Properties of a set that determine the column types. */
export interface RowLayout extends SoftLayout {
  /** Bytes of a raw image. */
  readonly imageBytes: number;
  /** True if images are stored encoded. */
  readonly encoded?: boolean | undefined;
  /** True if rows record the image that is mixed in. */
  readonly mixed?: boolean | undefined;
}

/** The fewest bytes of a row in a file, exact for raw images, without the file's constant overhead. */
export function rowBytes({ imageBytes, encoded, mixed, ...soft }: RowLayout): number {
  const halves = softWidth(soft) + (soft.top === undefined ? 0 : 1);
  const classBytes = (soft.top ?? 0) * (hasShortClasses(soft) ? 2 : 4);
  return (encoded ? Int32Array.BYTES_PER_ELEMENT : imageBytes) + (mixed ? 5 : 3) * 4 + 2 * halves + classBytes;
}

/** A column and the values per row of its fixed-size list, if it is one. */
type Column = readonly [name: string, type: DataType];

function listOf(type: DataType, width: number): FixedSizeList {
  return new FixedSizeList(width, new Field('item', type, false));
}

function columnsOf({ imageBytes, encoded, mixed, ...soft }: RowLayout): Column[] {
  const classType = hasShortClasses(soft) ? new Int16() : new Int32();
  return [
    ['image', encoded ? new Binary() : new FixedSizeBinary(imageBytes)],
    ['label', new Int32()],
    ['soft', listOf(new Float16(), softWidth(soft))],
    ...(soft.top === undefined
      ? []
      : ([
          ['softClass', listOf(classType, soft.top)],
          ['softRest', new Float16()],
        ] as const)),
    ['source', new Int32()],
    ['replica', new Int32()],
    ...(mixed
      ? ([
          ['mixedLabel', new Int32()],
          ['mixedShare', new Float32()],
        ] as const)
      : []),
  ];
}

export function schemaOf(layout: RowLayout): Schema {
  return new Schema(columnsOf(layout).map(([name, type]) => new Field(name, type, false)));
}

/** The Arrow data of a shard's columns, in the order of the schema. */
export function columnData(shard: Shard, { fields }: Schema): Data[] {
  const length = shard.rows;
  const values: Record<string, Uint8Array | Uint16Array | Int16Array | Int32Array | Float32Array | undefined> = {
    image: shard.images,
    label: shard.labels,
    soft: shard.soft,
    softClass: shard.top?.classes,
    softRest: shard.top?.rest,
    source: shard.sources,
    replica: shard.replicas,
    mixedLabel: shard.mixing?.labels,
    mixedShare: shard.mixing?.shares,
  };
  return fields.map(({ name, type }) => {
    const data = values[name];
    if (type instanceof Binary) {
      return makeData({ type, length, nullCount: 0, valueOffsets: shard.imageOffsets, data: shard.images });
    }
    if (!(type instanceof FixedSizeList))
      return makeData({ type, length, nullCount: 0, data } as Parameters<typeof makeData>[0]);
    const { children, listSize } = type as FixedSizeList;
    const inner = { type: (children[0] as Field).type, length: length * listSize, nullCount: 0, data };
    return makeData({ type, length, nullCount: 0, child: makeData(inner as Parameters<typeof makeData>[0]) });
  });
}

/** The shard whose columns a record batch has; columns that are too short are a data failure. */
export function shardOf(rows: number, columns: readonly Data[], layout: RowLayout, file: string): Shard {
  const named = new Map(columnsOf(layout).map(([name], i) => [name, columns[i] as Data]));
  const values = <T extends Uint8Array | Uint16Array | Int16Array | Int32Array | Float32Array>(
    name: string,
    perRow = 1,
  ): T => {
    const column = named.get(name);
    const data = perRow > 1 || column?.type instanceof FixedSizeList ? (column?.children[0] ?? column) : column;
    const found = (data?.values as T | undefined)?.subarray(0, rows * perRow); // each column is padded to eight bytes
    if (found?.length === rows * perRow) return found as T;
    throw dataFailure(file, `expected ${rows * perRow} values in each column; got ${found?.length ?? 0} in one`);
  };
  const { imageBytes, encoded, top, mixed } = layout;
  return {
    rows,
    ...(encoded ? encodedImages(rows, named.get('image') as Data, file) : { images: values('image', imageBytes) }),
    labels: values('label'),
    soft: values('soft', softWidth(layout)),
    ...(top !== undefined && { top: { classes: values('softClass', top), rest: values('softRest') } }),
    sources: values('source'),
    replicas: values('replica'),
    ...(mixed && { mixing: { labels: values('mixedLabel'), shares: values('mixedShare') } }),
  };
}

function encodedImages(
  rows: number,
  { valueOffsets, values }: Data,
  file: string,
): Pick<Shard, 'images' | 'imageOffsets'> {
  const imageOffsets = (valueOffsets as Int32Array).subarray(0, rows + 1);
  const images = values as Uint8Array;
  const rises = imageOffsets.every((offset, i) => offset >= (imageOffsets[i - 1] ?? 0));
  if (imageOffsets.length === rows + 1 && rises && (imageOffsets[rows] as number) <= images.length) {
    return { images: images.subarray(0, imageOffsets[rows]), imageOffsets };
  }
  throw dataFailure(file, `expected ${rows} images one after the other; got offsets out of order or beyond the end`);
}
