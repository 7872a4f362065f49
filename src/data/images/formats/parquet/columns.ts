/** Finds the columns of image and label in the schema of a Parquet file, as model hubs and `datasets` write them. */
import { type FileMetaData, parquetSchema, type SchemaTree } from 'hyparquet';
import { parsedJson } from '#core/files/files';
import { dataFailure } from '#data/data-failure';

/** The user's names of the columns. */
export interface NamedColumns {
  readonly image?: string | undefined;
  readonly label?: string | undefined;
}

export interface ImageColumns {
  /** The path to the values: `image.bytes`, or one column. */
  readonly image: readonly string[];
  readonly label: readonly string[];
  /** Names of the classes in the metadata of `datasets`. */
  readonly classNames: readonly string[] | undefined;
}

/** Columns that are looked for, in this order, if neither user nor metadata name them. */
const imageNames = ['image', 'img', 'picture', 'jpg', 'png'] as const;
const labelNames = ['label', 'labels', 'fine_label', 'class', 'target', 'cls'] as const;

/** A column's description in the metadata of `datasets`. */
interface Feature {
  readonly _type?: unknown;
  readonly names?: unknown;
}

export function imageColumns(file: string, metadata: FileMetaData, named: NamedColumns): ImageColumns {
  const columns = parquetSchema(metadata).children;
  const features = featuresOf(file, metadata);
  const ofType = (type: string) => Object.keys(features).filter((name) => features[name]?._type === type);
  const image = chosen(file, 'image', columns, named.image, imageNames, ofType('Image'));
  const label = chosen(file, 'label', columns, named.label, labelNames, ofType('ClassLabel'));
  const names = features[label.element.name]?.names;
  return {
    image: [image.element.name, ...(image.children.length === 0 ? [] : [bytesOf(file, image)])],
    label: [label.element.name],
    classNames: Array.isArray(names) && names.every((name) => typeof name === 'string') ? names : undefined,
  };
}

/** The user's column, else the usual one that has the type, else the only one of the type, else the usual one. */
function chosen(
  file: string,
  what: 'image' | 'label',
  columns: readonly SchemaTree[],
  named: string | undefined,
  usual: readonly string[],
  typed: readonly string[],
): SchemaTree {
  const only = typed.length === 1 ? typed : [];
  const order = named === undefined ? [...usual.filter((name) => typed.includes(name)), ...only, ...usual] : [named];
  for (const name of order) {
    const column = columns.find(({ element }) => element.name === name);
    if (column !== undefined) return column;
  }
  const got = columns.map(({ element }) => element.name).join(', ');
  const message = `expected a column ${named ?? `with the ${what}, such as ${usual[0]}`}; got ${got}`;
  throw dataFailure(file, message, `name the column of the ${what}: ${what}: COLUMN`);
}

function bytesOf(file: string, { element, children }: SchemaTree): string {
  if (children.some((child) => child.element.name === 'bytes' && child.children.length === 0)) return 'bytes';
  const got = children.map((child) => child.element.name).join(', ');
  throw dataFailure(file, `expected the column ${element.name} to have bytes in it; got ${got}`);
}

function featuresOf(file: string, { key_value_metadata: pairs = [] }: FileMetaData): Readonly<Record<string, Feature>> {
  const text = pairs.find(({ key }) => key === 'huggingface')?.value;
  if (text === undefined) return {};
  const document = parsedJson(file, text) as { info?: { features?: unknown } } | null;
  const features = document?.info?.features;
  return typeof features === 'object' && features !== null ? Object.fromEntries(entriesOf(features)) : {};
}

function entriesOf(features: object): [string, Feature][] {
  return Object.entries(features).filter(([, feature]) => typeof feature === 'object' && feature !== null);
}
