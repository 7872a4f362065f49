/** Opens images that another thread has opened: only the memory of their index is needed. */
import { assertNever } from '#core/assert-never';
import type { EncodedImages } from './encoded-images.js';
import { encodedSubset } from './encoded-subset.js';
import { encodedFiles } from './folders/image-files.js';
import { parquetImages } from './formats/parquet/open-parquet.js';
import { tfRecordImages } from './formats/tfrecord/open-tfrecord.js';
import { webDatasetImages } from './formats/webdataset/open-webdataset.js';
import type { SharedImages } from './shared-images.js';

export function openShared(shared: SharedImages): EncodedImages {
  switch (shared.kind) {
    case 'files':
      return encodedFiles(shared.files);
    case 'webdataset':
      return webDatasetImages(shared.index);
    case 'tfrecord':
      return tfRecordImages(shared.index, shared.image);
    case 'parquet':
      return parquetImages(shared.index);
    case 'subset':
      return encodedSubset(openShared(shared.images), shared.indices);
    default:
      return assertNever(shared);
  }
}
