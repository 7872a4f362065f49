/** Tiny Parquet files that pyarrow and `datasets` wrote (scripts/proof/containers/parquet-fixtures.py). */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newFolder } from '#test/data/fixtures';

const files: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(join(import.meta.dirname, 'fixtures.json'), 'utf8'),
);

/**
 * The bytes of a file, with four rows of images [255, 216, i] and, unless its name says otherwise, labels 2, 0, 1, 2;
 * `colours` has three PNG pictures, a red, a green and a blue one.
 */
export function parquetFixture(name: string): Buffer {
  const file = files[name];
  if (file === undefined) throw new Error(`no Parquet file ${name}`);
  return Buffer.from(file, 'base64');
}

/** A folder with the files, by their names in it. */
export function parquetFolder(contents: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = newFolder();
  for (const [name, content] of Object.entries(contents)) {
    writeFileSync(join(folder, name), typeof content === 'string' ? parquetFixture(content) : content);
  }
  return folder;
}
