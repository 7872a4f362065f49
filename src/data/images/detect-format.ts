/** Finds the format of the images in a folder, or of a single file, by the names in it. */
import { type Dirent, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { statsOf, systemProblem } from '#core/files/files';
import { dataFailure } from '#data/data-failure';
import { type CifarFormat, cifar10Format, cifar100Format } from '#data/images/formats/cifar';
import { isIdxName } from '#data/images/formats/idx-files';
import { tablesIn } from './folders/find-table.js';
import { isImageName } from './folders/walk.js';
import { looksLikeParquet } from './formats/parquet/open-parquet.js';
import { looksLikeTfRecord } from './formats/tfrecord/open-tfrecord.js';
import { looksLikeWebDataset } from './formats/webdataset/open-webdataset.js';
import { type SourceFormat, sourceFormats } from './source-format.js';

/** The names on top of a folder. */
interface Top {
  readonly path: string;
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

/** The sign of each format. */
const signs: Readonly<Record<SourceFormat, (top: Top) => boolean>> = {
  folder: ({ path, folders }) => folders.some((name) => hasImages(join(path, name), levelsBelow)),
  csv: ({ path, files }) => tablesIn(path, files).length > 0,
  webdataset: (top) => looksLikeWebDataset(namesBelow(top, shardLevels)),
  tfrecord: (top) => looksLikeTfRecord(namesBelow(top, shardLevels)),
  parquet: (top) => looksLikeParquet(namesBelow(top, shardLevels)),
  idx: ({ files }) => files.some(isIdxName),
  cifar10: ({ files }) => hasAnyOf(files, cifar10Format),
  cifar100: ({ files }) => hasAnyOf(files, cifar100Format('fine')),
};

const levelsBelow = 4; // folders that are searched for a first image: part, class, and some inside a class

const shardLevels = 1; // model hubs put the files of a part into data/ or a folder with its name
const mostFolders = 50; // that are searched for shards: class folders may be many

const known =
  'class folders of image files, a CSV file with the columns path and label, tar, TFRecord or Parquet files, IDX files, or the .bin files of CIFAR';

/** The format of a folder or file; none, or more than one, is a data failure that says what is there. */
export function detectedFormat(path: string): SourceFormat {
  const stats = statsOf(path);
  if (stats === undefined) throw dataFailure(path, `expected ${known}; got no such file or folder`);
  if (!stats.isDirectory()) return formatOfFile(path);
  const top = topOf(path);
  const found = sourceFormats.filter((format) => signs[format](top));
  const [format, other] = found;
  if (format === undefined) throw dataFailure(path, `expected ${known}; got ${described(top)}`, 'name it with format:');
  if (other === undefined) return format;
  const message = `expected images in one format; got ${found.join(' and ')}`;
  throw dataFailure(path, message, `name the one to read with format: ${format}`);
}

function formatOfFile(path: string): SourceFormat {
  const name = basename(path);
  if (/\.(csv|tsv)$/i.test(name)) return 'csv';
  if (looksLikeWebDataset([name])) return 'webdataset';
  if (looksLikeTfRecord([name])) return 'tfrecord';
  if (looksLikeParquet([name])) return 'parquet';
  throw dataFailure(path, `expected ${known}; got the file ${name}`, 'name the folder of the files');
}

function topOf(path: string): Top {
  const entries = entriesOf(path).filter(({ name }) => !name.startsWith('.'));
  const isFolder = (entry: Dirent) =>
    entry.isDirectory() || (entry.isSymbolicLink() && statsOf(join(path, entry.name))?.isDirectory() === true);
  const folders = entries.filter(isFolder);
  const files = entries.filter((entry) => !folders.includes(entry));
  const namesOf = (some: readonly Dirent[]) => some.map(({ name }) => name).sort();
  return { path, files: namesOf(files), folders: namesOf(folders) };
}

function entriesOf(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    throw dataFailure(path, `expected a folder; got ${systemProblem(error)}`);
  }
}

/** Whether there is an image in a folder or, down to some levels, below it. */
function hasImages(path: string, levels: number): boolean {
  const { files, folders } = topOf(path);
  return files.some(isImageName) || (levels > 0 && folders.some((name) => hasImages(join(path, name), levels - 1)));
}

/** The names of the files in a folder and, down to some levels, below it. */
function namesBelow({ path, files, folders }: Top, levels: number): string[] {
  if (levels === 0) return [...files];
  const below = folders.slice(0, mostFolders).flatMap((name) => namesBelow(topOf(join(path, name)), levels - 1));
  return [...files, ...below];
}

function hasAnyOf(files: readonly string[], { trainFiles, testFiles }: CifarFormat): boolean {
  return [...trainFiles, ...testFiles].some((name) => files.includes(name) || files.includes(`${name}.gz`));
}

const shownNames = 5;

/** The content of a folder, for a message. */
function described({ files, folders }: Top): string {
  const parts = [...listed('folder', 'folders', folders, ' without images'), ...listed('file', 'files', files, '')];
  return parts.length === 0 ? 'an empty folder' : parts.join(' and ');
}

function listed(one: string, many: string, names: readonly string[], after: string): string[] {
  if (names.length === 0) return [];
  const some = names.slice(0, shownNames).join(', ');
  const more = names.length > shownNames ? ', ...' : '';
  return [`${names.length} ${names.length === 1 ? one : many}${after} (${some}${more})`];
}
