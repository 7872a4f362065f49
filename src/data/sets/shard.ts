/**
 * One shard of a distillation set: an Arrow IPC file with one record batch, which pyarrow, DuckDB and Polars read too;
 * `shard-columns.ts` lists its columns.
 */
import {
  type Data,
  makeData,
  RecordBatch,
  RecordBatchFileWriter,
  RecordBatchReader,
  type Schema,
  Struct,
  Table,
  tableToIPC,
} from 'apache-arrow';
import { shownError } from '#core/shown';
import { dataFailure } from '#data/data-failure';
import { columnData, type RowLayout, type Shard, schemaOf, shardOf } from './shard-columns.js';
import { useSoftLabels } from './soft-labels.js';

export { type Mixing, type RowLayout, rowBytes, type Shard } from './shard-columns.js';

/** The bytes of the Arrow file; the same rows always give the same bytes. */
export function encodeShard(shard: Shard, layout: RowLayout): Uint8Array {
  return tableToIPC(tableOf(shard, layout), 'file');
}

/** The same bytes in pieces, most of them the shard's own memory. */
export async function shardPieces(shard: Shard, layout: RowLayout): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = [];
  for await (const piece of RecordBatchFileWriter.writeAll(tableOf(shard, layout))) pieces.push(piece);
  return pieces;
}

function tableOf(shard: Shard, layout: RowLayout): Table {
  const schema = schemaOf(layout);
  const children = columnData(shard, schema);
  const struct = makeData({ type: new Struct(schema.fields), length: shard.rows, nullCount: 0, children });
  return new Table(schema, [new RecordBatch(schema, struct)]);
}

/**
 * Reads a shard without copying; a file of another layout is a data failure that names the columns. The caller checks
 * the SHA-256 of the bytes first, since the library may take minutes over damaged ones.
 */
export function decodeShard(bytes: Uint8Array, layout: RowLayout, file: string): Shard {
  const { schema, batches, first: batch } = parsed(bytes, file);
  const shown = ({ fields }: Schema) => fields.map(({ name, type }) => `${name}: ${type}`).join(', ');
  const [got, wanted] = [shown(schema), shown(schemaOf(layout))];
  if (got !== wanted) throw dataFailure(file, `expected the columns ${wanted}; got ${got}`);
  if (batch === null || batches !== 1) throw dataFailure(file, `expected one record batch; got ${batches}`);
  return shardOf(batch.numRows, batch.data.children as Data[], layout, file);
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
export function correctRows(shard: Shard, layout: RowLayout): number {
  const probabilities = new Float32Array(layout.classes);
  let correct = 0;
  for (let row = 0; row < shard.rows; row++) {
    useSoftLabels(shard, row, layout, probabilities);
    let best = 0;
    for (let k = 1; k < layout.classes; k++) {
      if ((probabilities[k] as number) > (probabilities[best] as number)) best = k;
    }
    if (best === shard.labels[row]) correct++;
  }
  return correct;
}
